package dev.ringside.daemon.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads settings from a YAML file, token by token, so that every complaint knows its line and column. */
final class YamlReader {

    private final Path file;
    private final Settings settings;
    private final List<Assignment> assignments = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    YamlReader(Path file, Settings settings) {
        this.file = file;
        this.settings = settings;
    }

    List<Assignment> assignments() {
        return assignments;
    }

    List<Problem> problems() {
        return problems;
    }

    void read() {
        YAMLFactory yaml = YAMLFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
                .build();
        try (Reader text = Files.newBufferedReader(file); YAMLParser parser = yaml.createParser(text)) {
            readDocument(parser);
        } catch (JsonProcessingException e) {
            // What seemed wrong before may well be the same slip.
            problems.clear();
            problems.add(new Problem("not YAML: at=" + at(e.getLocation()) + ", problem=" + firstLine(e.getOriginalMessage())));
        } catch (NoSuchFileException e) {
            problems.add(new Problem("cannot read the config: file=" + file + ", reason=there is no such file; name one that exists with --config"));
        } catch (IOException e) {
            problems.add(new Problem("cannot read the config: file=" + file + ", reason=" + e));
        }
    }

    private void readDocument(YAMLParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return;
        }
        if (first == JsonToken.START_OBJECT) {
            readSection(parser, "");
        } else {
            problems.add(Problem.notASection("", describe(parser), at(parser.currentTokenLocation()), settings.keysOf("")));
            parser.skipChildren();
        }
        if (parser.nextToken() != null) {
            problems.add(new Problem("a second document: at=" + at(parser.currentTokenLocation()) + "; a config file holds one"));
        }
    }

    /** From behind a mapping's start to its end. */
    private void readSection(YAMLParser parser, String section) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String path = Settings.join(section, parser.currentName());
            Origin keyOrigin = at(parser.currentTokenLocation());
            parser.nextToken();
            var setting = settings.find(path);
            if (setting.isPresent()) {
                readValue(parser, setting.get());
            } else if (!settings.isSection(path)) {
                problems.add(Problem.unknownKey(path, keyOrigin, settings));
                parser.skipChildren();
            } else if (parser.currentToken() == JsonToken.START_OBJECT) {
                readSection(parser, path);
            } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
                // A section whose keys are all commented out is null, and fine.
                problems.add(Problem.notASection(path, describe(parser), at(parser.currentTokenLocation()), settings.keysOf(path)));
                parser.skipChildren();
            }
        }
    }

    private void readValue(YAMLParser parser, Setting<?> setting) throws IOException {
        Origin origin = at(parser.currentTokenLocation());
        boolean scalar = parser.currentToken().isScalarValue() && parser.currentToken() != JsonToken.VALUE_NULL && !parser.isCurrentAlias();
        if (scalar) {
            assignments.add(new Assignment(setting, parser.getText(), origin));
        } else if (parser.currentToken() == JsonToken.START_ARRAY && setting.type() instanceof SettingType.TextList) {
            readList(parser, setting, origin);
        } else {
            problems.add(Problem.notAValue(setting, describe(parser), origin));
            parser.skipChildren();
        }
    }

    private void readList(YAMLParser parser, Setting<?> setting, Origin origin) throws IOException {
        List<String> texts = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken().isScalarValue() && !parser.isCurrentAlias()) {
                texts.add(parser.getText());
            } else {
                problems.add(Problem.notAValue(setting, describe(parser), at(parser.currentTokenLocation())));
                parser.skipChildren();
            }
        }
        assignments.add(new Assignment(setting, String.join(",", texts), origin));
    }

    private static String describe(YAMLParser parser) throws IOException {
        if (parser.isCurrentAlias()) {
            return "an alias";
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> "a mapping";
            case START_ARRAY -> "a list";
            case VALUE_NULL -> "nothing";
            default -> parser.getText();
        };
    }

    private Origin at(JsonLocation location) {
        return new Origin.File(file, location.getLineNr(), location.getColumnNr());
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }
}
