package dev.ringside.daemon.config;

import java.nio.file.Path;

/** Where a value was given, as an operator would look for it. */
sealed interface Origin {

    record Default() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    record File(Path file, int line, int column) implements Origin {
        @Override
        public String toString() {
            return file + ":" + line + ":" + column;
        }
    }

    record Environment(String variable) implements Origin {
        @Override
        public String toString() {
            return "environment " + variable;
        }
    }

    record CommandLine() implements Origin {
        @Override
        public String toString() {
            return "--set";
        }
    }
}
