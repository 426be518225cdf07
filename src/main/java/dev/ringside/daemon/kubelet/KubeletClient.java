package dev.ringside.daemon.kubelet;

import dev.ringside.daemon.config.Config;
import dev.ringside.daemon.config.KubeletConfig;
import dev.ringside.daemon.http.SmallVertx;
import dev.ringside.identity.PodLabel;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodAnswer;
import dev.ringside.identity.kubelet.PodSource;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@code GET /pods} of the node's kubelet. Never the API server: what a node needs to know, the node knows, however large the cluster is.
 *
 * <p>Token and CA are replaced on disk while we run ({@link TokenClient}).
 */
public final class KubeletClient implements PodSource {

    private static final Logger LOG = System.getLogger("dev.ringside.kubelet");

    private static final String PATH = "/pods";
    private static final long CLOSE_SECONDS = 1;

    private final URI url;
    private final KubeletConfig config;
    private final Set<String> annotations;
    private final KubeletRefusals refusals;
    private final Vertx vertx = SmallVertx.start();
    private final TokenClient http;
    private String etag = "";

    /** @param annotations what to keep of a pod's annotations, beside what tells its workload */
    public KubeletClient(URI url, KubeletConfig config, List<String> annotations) {
        this.url = url;
        this.config = config;
        this.annotations = new HashSet<>(annotations);
        this.annotations.addAll(Pod.NEEDED_ANNOTATIONS);
        this.refusals = new KubeletRefusals(description(), config);
        this.http = new TokenClient(vertx, url, config.tokenFile(), config.caFile(), config.serverName(), config.insecureSkipVerify(), config.timeout(), 1);
    }

    /** The one that the config and the environment lead to; says in the log which, or why there is none. */
    public static Optional<PodSource> find(Config config, Map<String, String> environment) {
        KubeletConfig kubelet = config.kubelet();
        return switch (KubeletAddress.find(kubelet, environment)) {
            case KubeletAddress.Nowhere(String reason) -> {
                LOG.log(Level.INFO, "no kubelet is asked for pods: {0}", reason);
                yield Optional.empty();
            }
            case KubeletAddress.At(URI url) -> {
                LOG.log(Level.INFO, "kubelet is asked for pods: url={0}", url);
                if (kubelet.insecureSkipVerify()) {
                    LOG.log(Level.WARNING, "kubelet's certificate isn't checked: whoever answers at {0} gets our token; "
                            + "name its CA in kubelet.ca_file instead of kubelet.insecure_skip_verify", url);
                }
                List<String> annotations = config.engine().podLabels().stream()
                        .filter(PodLabel.OfAnnotation.class::isInstance).map(PodLabel::key).toList();
                yield Optional.of(new KubeletClient(url, kubelet, annotations));
            }
        };
    }

    @Override
    public String description() {
        return url + PATH;
    }

    @Override
    public Duration period() {
        return config.refreshInterval();
    }

    @Override
    public PodAnswer fetch() throws InterruptedException {
        PodRequest pods = new PodRequest(refusals, annotations);
        AtomicReference<HttpClientRequest> underWay = new AtomicReference<>();
        try {
            RequestOptions question = question();
            http.client().request(question)
                    .onSuccess(underWay::set)
                    .compose(request -> request.send().onSuccess(pods::onResponse))
                    .onFailure(pods::failed);
            PodAnswer answer = pods.answer().get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
            if (answer instanceof PodAnswer.Pods) {
                etag = pods.etag();
            }
            return answer;
        } catch (TimeoutException e) {
            HttpClientRequest hung = underWay.get();
            if (hung != null) {
                hung.reset();
            }
            return refusals.timeout();
        } catch (IOException e) {
            return refusals.failure(e);
        } catch (ExecutionException e) {
            return refusals.failure(e.getCause());
        }
    }

    private RequestOptions question() throws IOException {
        RequestOptions question = http.question(PATH);
        if (!etag.isEmpty()) {
            question.putHeader("If-None-Match", etag);
        }
        return question;
    }

    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            System.getLogger(KubeletClient.class.getName()).log(System.Logger.Level.WARNING, "kubelet client didn't close cleanly", e);
        }
    }
}
