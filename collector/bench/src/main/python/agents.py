"""The agents that are compared: started, waited for until they have attached, asked for what they use, ended."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")
# CPU seconds of compilers in a second.
COMPILERS_IDLE = 0.02
STATISTICS = pathlib.Path("/proc/sys/kernel/bpf_stats_enabled")


class CannotRun(Exception):
    """An agent that this machine lacks or refuses, in one line."""


def programs():
    """The kernel's BPF programs: id -> (name, run time in ns, runs). Both are 0 unless statistics are on."""
    listed = subprocess.run(["bpftool", "-j", "prog", "show"], capture_output=True, text=True, check=True).stdout
    return {entry["id"]: (entry.get("name", "?"), entry.get("run_time_ns", 0), entry.get("run_cnt", 0)) for entry in json.loads(listed)}


class Statistics:
    """Has the kernel measure BPF programs meanwhile."""

    def __enter__(self):
        self.before = STATISTICS.read_text()
        STATISTICS.write_text("1\n")

    def __exit__(self, *_):
        STATISTICS.write_text(self.before)


def until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise CannotRun(f"{what} not within {seconds} s")
        time.sleep(0.01)
    return found


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def thread_seconds(pid):
    """CPU seconds of each thread by the scheduler's own account, which is finer than /proc's: (id, name) -> seconds."""
    seconds = {}
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):  # ended meanwhile
            seconds[task.name, (task / "comm").read_text().strip()] = int((task / "schedstat").read_text().split()[0]) / 1e9
    return seconds


def cpu_seconds_of_family(pid):
    """Of a process and its children; of those that have ended, in hundredths of a second."""
    seconds = 0
    for member in [pid, *pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]:
        with contextlib.suppress(OSError):  # ended meanwhile, and so among its parent's ended ones
            fields = pathlib.Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
            seconds += sum(thread_seconds(member).values()) + (int(fields[13]) + int(fields[14])) / TICKS
    return seconds


def memory_mib(pid, field="VmRSS"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    return 0


class Agent:
    """Some commands that observe together. With `with`: attached inside, gone outside."""

    def __init__(self, work, *commands):
        self.work = pathlib.Path(work)
        self.commands = commands
        self.processes = []

    def __enter__(self):
        try:
            for command in self.commands:
                self.processes.append(self.spawn(command))
            self.wait_until_attached()
        except BaseException:
            self.__exit__()
            raise
        return self

    def spawn(self, command):
        self.errors = self.work / "agent.err"
        try:
            with open(self.errors, "w") as errors:
                return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env={**os.environ, **self.environment()})
        except FileNotFoundError:
            raise CannotRun(f"{command[0]} is not installed") from None

    def environment(self):
        return {}

    def wait_until_attached(self):
        """Every command has brought a program, and no more come."""
        def settled():
            self.check_alive()
            seen = len(self.own_programs())
            time.sleep(0.3)
            return seen >= len(self.commands) and seen == len(self.own_programs())
        until(settled, 30, f"{self.commands[0][0]} attached nothing")

    def check_alive(self):
        for process in self.processes:
            if process.poll() is not None:
                said = self.errors.read_text().strip().splitlines()
                why = said[-1].removeprefix("ringside: ") if said else "it says nothing"
                raise CannotRun(f"{pathlib.Path(process.args[0]).name} ended with {process.returncode}: {why}")

    def own_programs(self):
        own = self.held("prog_id")
        return {number: entry for number, entry in programs().items() if number in own}

    def held(self, kind):
        """The ids of what the processes hold open in the kernel: `prog_id` or `map_id`."""
        ids = set()
        for process in self.processes:
            for file in pathlib.Path(f"/proc/{process.pid}/fdinfo").glob("*"):
                with contextlib.suppress(OSError):  # closed meanwhile
                    ids |= {int(line.split()[1]) for line in file.read_text().splitlines() if line.startswith(kind + ":")}
        return ids

    def cpu_seconds(self):
        return sum(cpu_seconds(process.pid) for process in self.processes)

    def threads(self):
        """CPU seconds by thread, of all its processes."""
        return {thread: seconds for process in self.processes for thread, seconds in thread_seconds(process.pid).items()}

    def memory_mib(self):
        return sum(memory_mib(process.pid) for process in self.processes)

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Exporter(Agent):
    """An agent that is ready when it can be scraped."""

    url = None

    def wait_until_attached(self):
        def answers():
            self.check_alive()
            try:
                return self.scrape()
            except OSError:
                return None
        until(answers, 30, f"{self.commands[0][0]} could not be scraped")

    def scrape(self, accept="text/plain", gzip=False):
        headers = {"Accept": accept, **({"Accept-Encoding": "gzip"} if gzip else {})}
        for attempt in range(5):
            try:
                with urllib.request.urlopen(urllib.request.Request(self.url + "metrics", headers=headers), timeout=30) as answer:
                    return answer.read()
            except urllib.error.HTTPError as refused:
                # "Ask again": two scrapes are still being written, or the drain got no CPU for two seconds.
                if refused.code != 503 or attempt == 4:
                    raise


class NodeExporter(Exporter):
    def __init__(self, work, port=19100):
        super().__init__(work, ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"])
        self.url = f"http://127.0.0.1:{port}/"


class Ringside(Exporter):
    """Our daemon, as it is shipped; `settings` as in --set, `java` for RINGSIDE_JAVA_OPTS."""

    def __init__(self, bench, *settings, java="", probes=None):
        chosen = [f"probes.{probe}.enabled={'true' if probe in probes else 'false'}" for probe in ("tcp", "process", "sched")] if probes else []
        command = [str(bench.dist / "bin" / "ringside"), "run"]
        for setting in ["http.port=0", *chosen, *settings]:
            command += ["--set", setting]
        super().__init__(bench.work, command)
        self.java, self.java_home = java, bench.java_home

    def environment(self):
        return {"RINGSIDE_JAVA_HOME": self.java_home, "RINGSIDE_JAVA_OPTS": self.java}

    def spawn(self, command):
        self.errors, out = self.work / "ringside.err", self.work / "ringside.out"
        self.started = time.monotonic()
        with open(self.errors, "w") as errors, open(out, "w") as lines:
            process = subprocess.Popen(command, stdout=lines, stderr=errors, env={**os.environ, **self.environment()})
        self.processes.append(process)

        def ready():
            self.check_alive()
            words = out.read_text().split()
            return words[1] if len(words) > 1 and words[0] == "ready" else None
        self.url = until(ready, 60, "ringside was ready").removeprefix("url=")
        self.processes.pop()
        return process

    def wait_until_attached(self):
        self.scrape()
        self.seconds_to_first_scrape = time.monotonic() - self.started

    def until_compiled(self, load, most):
        """Has it see one second of a load after another until the JVM's compilers are idle, or so many; says the seconds and CPU seconds that took."""
        pid, cpu, quiet = self.processes[0].pid, self.cpu_seconds(), 0
        for second in range(1, most + 1):
            before = thread_seconds(pid)
            load(1)
            compiling = sum(now - before.get(thread, 0) for thread, now in thread_seconds(pid).items() if "Compiler" in thread[1])
            quiet = quiet + 1 if compiling < COMPILERS_IDLE else 0
            if quiet == 2:
                break
        return second, self.cpu_seconds() - cpu

    def metrics(self, text=None):
        """Every series and its value, from one scrape."""
        values = {}
        for line in (text or self.scrape().decode()).splitlines():
            if line and line[0] != "#":
                name, value = line.rsplit(" ", 1)
                values[name] = float(value)
        return values

    def metric(self, family):
        """The sum over a family's series."""
        return sum(value for name, value in self.metrics().items() if name.split("{", 1)[0] == family)
