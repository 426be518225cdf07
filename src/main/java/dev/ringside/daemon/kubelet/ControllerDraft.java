package dev.ringside.daemon.kubelet;

import dev.ringside.daemon.json.Shape;
import dev.ringside.identity.kubelet.Workload;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A pod's controller while the pod's owners are read: one of them says that it controls.
 *
 * <p>Source: {@code OwnerReference} in {@code k8s.io/apimachinery/pkg/apis/meta/v1/types.go}.
 */
public final class ControllerDraft {

    private Optional<Workload.Owner> controller = Optional.empty();
    // Of the owner that is being read.
    private String kind = "";
    private String name = "";
    private boolean controls;

    /** Of {@code ownerReferences}. */
    public static <T> Shape<T> shape(Function<T, ControllerDraft> draft) {
        return new Shape.Elements<>(new Shape.Members<>(Map.of(
                "kind", new Shape.Scalar<>((filled, text) -> draft.apply(filled).kind = text),
                "name", new Shape.Scalar<>((filled, text) -> draft.apply(filled).name = text),
                "controller", new Shape.Scalar<>((filled, text) -> draft.apply(filled).controls = text.equals("true"))),
                filled -> draft.apply(filled).begin(), filled -> draft.apply(filled).end()));
    }

    private void begin() {
        kind = "";
        name = "";
        controls = false;
    }

    private void end() {
        if (controls) {
            controller = Optional.of(new Workload.Owner(kind, name));
        }
    }

    /** Empty for a pod that nobody controls. */
    public Optional<Workload.Owner> controller() {
        return controller;
    }
}
