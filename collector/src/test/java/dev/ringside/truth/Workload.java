package dev.ringside.truth;

import dev.ringside.pipeline.Engine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Some actors that do the same under one name, each waiting for the word before it begins and after it is done. */
final class Workload implements AutoCloseable {
    private final String name;
    private final List<Actor> actors = new ArrayList<>();

    Workload(Actors stage, int processes, String name, Object... deed) throws IOException {
        this.name = name;
        for (int i = 0; i < processes; i++) {
            actors.add(stage.start(name, deed));
        }
        for (Actor actor : actors) {
            actor.awaitReport("ready");
        }
    }

    String name() {
        return name;
    }

    Set<Long> pids() {
        return actors.stream().map(Actor::pid).collect(Collectors.toSet());
    }

    void begin() throws IOException {
        for (Actor actor : actors) {
            actor.goOn();
        }
    }

    void awaitDone() throws IOException {
        for (Actor actor : actors) {
            actor.awaitReport("done");
        }
    }

    SchedReadings atRest(Engine engine) {
        return SchedReadings.atRest(engine, name, actors);
    }

    /** What the deed added. */
    SchedReadings run(Engine engine) throws IOException {
        SchedReadings before = atRest(engine);
        begin();
        awaitDone();
        return atRest(engine).minus(before);
    }

    @Override
    public void close() {
        actors.forEach(Actor::close);
    }
}
