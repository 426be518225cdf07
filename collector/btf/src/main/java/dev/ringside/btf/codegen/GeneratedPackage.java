package dev.ringside.btf.codegen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The folder of a generated package: holds exactly what was generated last, and touches no file that stayed the same. */
record GeneratedPackage(Path folder) {

    static GeneratedPackage in(Path sourceRoot, String packageName) {
        return new GeneratedPackage(sourceRoot.resolve(packageName.replace('.', '/')));
    }

    void write(Map<String, String> sources) throws IOException {
        Files.createDirectories(folder);
        try (var files = Files.newDirectoryStream(folder, "*.java")) {
            for (Path file : files) {
                String className = file.getFileName().toString().replace(".java", "");
                if (!sources.containsKey(className) && Files.readString(file).startsWith(JavaSource.MARK)) {
                    Files.delete(file);
                }
            }
        }
        for (var source : sources.entrySet()) {
            Path file = folder.resolve(source.getKey() + ".java");
            // An unchanged file keeps its time, so that the compiler has nothing to do.
            if (!Files.exists(file) || !Files.readString(file).equals(source.getValue())) {
                Files.writeString(file, source.getValue());
            }
        }
    }
}
