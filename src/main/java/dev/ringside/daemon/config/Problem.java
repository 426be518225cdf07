package dev.ringside.daemon.config;

import java.util.Collection;
import java.util.Optional;

/** One thing that is wrong with what the daemon was told, as a line for the operator. */
public record Problem(String message) {

    static Problem unknownKey(String path, Origin origin, Settings settings) {
        return new Problem("unknown key: path=" + path + ", at=" + origin + "; " + suggestion(path, settings));
    }

    static Problem badValue(Setting<?> setting, String text, Origin origin) {
        return new Problem("bad value: path=" + setting.path() + ", value=" + (setting.secret() ? Setting.MASK : text) + ", at=" + origin
                + ", allowed=" + setting.type().allowed());
    }

    static Problem notAValue(Setting<?> setting, String found, Origin origin) {
        return new Problem("not a single value: path=" + setting.path() + ", found=" + found + ", at=" + origin
                + ", allowed=" + setting.type().allowed());
    }

    static Problem notASection(String path, String found, Origin origin, Collection<String> keys) {
        return new Problem("not a section: path=" + path + ", found=" + found + ", at=" + origin + "; put its keys below it: "
                + String.join(", ", keys));
    }

    static Problem notAnAssignment(String argument) {
        return new Problem("not an assignment: --set=" + argument + "; write --set path=value, as in --set http.port=0");
    }

    static Problem unknownVariable(String variable, Optional<String> nearest) {
        return new Problem("unknown environment variable: name=" + variable + "; "
                + nearest.map(name -> "did you mean " + name + "?").orElse("unset it, or see `ringside config --default` for what there is"));
    }

    private static String suggestion(String path, Settings settings) {
        return settings.nearest(path)
                .map(known -> "did you mean " + known + "?")
                .orElseGet(() -> "known here: " + String.join(", ", settings.keysBeside(path)));
    }
}
