"""Loads on a neighbour: the server on core 0, who makes the load on core 1, an agent wherever there is room."""

import dataclasses
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass

from agents import CannotRun, cpu_seconds_of_family, until

MICROS = {"us": 1, "ms": 1e3, "s": 1e6}


@dataclass(frozen=True)
class Outcome:
    """What the load's own tool counted."""

    requests: int
    per_second: float
    p50_us: float = 0
    p99_us: float = 0
    cpu_us: float = 0  # of a request, server and tool together: what is lost even where nobody waits for it


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def _run(command, seconds=60, cores="1"):
    done = subprocess.run(["taskset", "-c", cores, *command], capture_output=True, text=True, timeout=seconds)
    if done.returncode != 0:
        raise CannotRun(f"{command[0]} ended with {done.returncode}: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")
    return done.stdout


class Server:
    """Something under load. With `with`: it runs inside."""

    cores = "0"

    def __init__(self, work):
        self.work = pathlib.Path(work)
        self.port = free_port()

    def __enter__(self):
        self.process = self.spawn(*self.command())
        try:
            until(lambda: answers(self.port) or self.process.poll() is not None, 30, f"{self.command()[0]} answered")
            if self.process.poll() is not None:
                raise CannotRun(f"{self.command()[0]} ended with {self.process.returncode}: {(self.work / 'server.log').read_text()[-200:]}")
            self.prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def spawn(self, *command):
        with open(self.work / "server.log", "w") as log:
            try:
                return subprocess.Popen(["taskset", "-c", self.cores, *command], stdout=log, stderr=log, cwd=self.work)
            except FileNotFoundError:
                raise CannotRun(f"{command[0]} is not installed") from None

    def prepare(self):
        pass

    def under(self, load, seconds):
        """A load, and the CPU time that it cost. Taken again if nothing was answered, as when others had both CPUs the whole time."""
        server = lambda: cpu_seconds_of_family(self.process.pid)
        tool = lambda: sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        for _ in range(3):
            before = server(), tool()
            outcome = load(seconds)
            after = server(), tool()
            if outcome.requests > 0:
                return dataclasses.replace(outcome, cpu_us=(sum(after) - sum(before)) / outcome.requests * 1e6)
        raise RuntimeError(f"{type(self).__name__} answered nothing, three times")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Nginx(Server):
    """One worker, an answer of two bytes; `wrk` has one thread."""

    workers, wrk, wrk_cores = "master_process off; worker_processes 1;", ["-t1", "-c16"], "1"

    def command(self):
        (self.work / "nginx.conf").write_text(
            f"daemon off; {self.workers} user root; error_log stderr crit;\n"
            f"pid {self.work}/nginx.pid; events {{ worker_connections 1024; }}\n"
            "http { access_log off; keepalive_requests 1000000000; keepalive_timeout 60s;\n"
            f"  client_body_temp_path {self.work}/body; proxy_temp_path {self.work}/proxy; fastcgi_temp_path {self.work}/fastcgi;\n"
            f"  uwsgi_temp_path {self.work}/uwsgi; scgi_temp_path {self.work}/scgi;\n"
            f"  server {{ listen 127.0.0.1:{self.port} backlog=4096; location / {{ return 200 'ok'; }} }} }}\n")
        return ["nginx", "-e", "stderr", "-p", str(self.work), "-c", str(self.work / "nginx.conf")]

    def load(self, seconds, close=False):
        command = ["wrk", *self.wrk, f"-d{max(1, round(seconds))}s", "--latency"] + (["-H", "Connection: close"] if close else [])
        text = _run([*command, f"http://127.0.0.1:{self.port}/"], cores=self.wrk_cores)
        percentile = {found[0]: float(found[1]) * MICROS[found[2]] for found in re.findall(r"(\d+)%\s+([\d.]+)(us|ms|s)", text)}
        return Outcome(int(re.search(r"(\d+) requests in", text)[1]), float(re.search(r"Requests/sec:\s*([\d.]+)", text)[1]),
                       percentile.get("50", 0), percentile.get("99", 0))

    def keepalive(self, seconds):
        return self.load(seconds)

    def connections(self, seconds):
        return self.load(seconds, close=True)


class NginxAnywhere(Nginx):
    """As a user would have it: as many workers as cores, `wrk` with two threads, and the kernel puts them where it likes."""

    cores = wrk_cores = f"0-{os.cpu_count() - 1}"
    workers, wrk = "worker_processes auto;", ["-t2", "-c64"]


class Postgres(Server):
    """A database of its own in memory's cache, asked by primary key."""

    def command(self):
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        if not found:
            raise CannotRun("postgres is not installed")
        self.bin = found[-1].parent
        data = self.work / "postgres"
        if not data.exists():
            self.work.chmod(0o755)
            data.mkdir()
            shutil.chown(data, "postgres")
            self.as_postgres(str(self.bin / "initdb"), "-D", str(data), "-A", "trust", "-N")
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", str(self.bin / "postgres"), "-D", str(data), "-p", str(self.port), "-h", "127.0.0.1", "-k", "", "-F"]

    def as_postgres(self, *command):
        subprocess.run(["runuser", "-u", "postgres", "--", *command], check=True, capture_output=True, cwd="/")

    def prepare(self):
        _run([self.tool("pgbench"), *self.where(), "-i", "-q", "-s", "2", "postgres"])
        self.rate = 4_000
        self.rate = self.queries(1).per_second

    def tool(self, name):
        return str(self.bin / name)

    def where(self):
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]

    def queries(self, seconds):
        text = _run([self.tool("pgbench"), *self.where(), "-n", "-S", "-c", "4", "-t", str(int(self.rate * seconds / 4)), "-l", f"--log-prefix={self.work}/pgbench",
                     "postgres"])
        micros = []
        for log in self.work.glob("pgbench.*"):
            micros += [int(line.split()[2]) for line in log.read_text().splitlines()]
            log.unlink()
        micros.sort()
        at = lambda share: micros[int(len(micros) * share)] if micros else 0
        return Outcome(int(re.search(r"processed: (\d+)", text)[1]), float(re.search(r"tps = ([\d.]+)", text)[1]), at(0.5), at(0.99))


class Redis(Server):
    """One thread, nothing saved."""

    def command(self):
        return ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]

    def prepare(self):
        self.rate = self.bench(20_000).per_second

    def gets(self, seconds):
        return self.bench(int(self.rate * seconds))

    def bench(self, requests):
        text = _run(["redis-benchmark", "-h", "127.0.0.1", "-p", str(self.port), "-t", "get", "-c", "16", "-n", str(requests), "--csv"])
        values = dict(zip(*[[cell.strip('"') for cell in line.split(",")] for line in text.strip().splitlines()[-2:]]))
        return Outcome(requests, float(values["rps"]), float(values["p50_latency_ms"]) * 1e3, float(values["p99_latency_ms"]) * 1e3)


def spawn_processes(count):
    """So many processes that end at once, one after the other, by a shell."""
    started = time.monotonic()
    _run(["sh", "-c", f"i=0; while [ $i -lt {count} ]; do /bin/true; i=$((i+1)); done"])
    return Outcome(count, count / (time.monotonic() - started))
