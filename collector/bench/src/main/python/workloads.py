"""Containers that have lived and connections that stay: what a busy node has, made by hand."""

import http.server
import json
import pathlib
import subprocess
import threading

from agents import CannotRun
from loads import free_port


def cgroup_root():
    """Where the daemon looks for containers: cgroup v2, else the memory controller's tree."""
    for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/memory"):
        if (pathlib.Path(root) / "cgroup.procs").exists():
            return pathlib.Path(root)
    raise CannotRun("no cgroup hierarchy is mounted at /sys/fs/cgroup")


class Tool:
    """One of the C programs that make something, say `ready`, and take it back when their input ends."""

    def __init__(self, *command):
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ready(self):
        self.process.stdin.flush()
        if self.process.stdout.readline() != "ready\n":
            raise CannotRun(f"{pathlib.Path(self.process.args[0]).name} could not make what it was asked for")

    def end(self):
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(120)


class Containers:
    """With `with`: so many containers, each of a pod; in each a process has connected, run a program and ended."""

    def __init__(self, bench, count):
        self.bench, self.count = bench, count
        self.parent = cgroup_root() / "kubepods"
        self.pods = [(f"{number:08x}-0000-4000-8000-000000000000", f"{number + 1:064x}") for number in range(count)]

    def __enter__(self):
        self.made = [path for path in (self.parent, self.parent / "burstable") if not path.exists()]
        for path in self.made:
            path.mkdir()
        self.kubelet = Kubelet(self.pods)
        return self

    def live(self):
        """Now, so that a daemon that is already there sees it all."""
        self.tool = Tool(self.bench.native / "populate", free_port())
        for uid, container in self.pods:
            pod = self.parent / "burstable" / f"pod{uid}"
            pod.mkdir()
            self.made.append(pod)
            self.tool.process.stdin.write(f"{pod / container}\n")
        self.tool.process.stdin.write("-\n")
        self.tool.ready()

    def __exit__(self, *_):
        self.kubelet.close()
        if hasattr(self, "tool"):
            self.tool.end()
        for path in reversed(self.made):
            for left in path.glob("*/"):  # if the tool could not
                left.rmdir()
            path.rmdir()


class Kubelet:
    """Answers /pods with these pods, as the kubelet's API has them."""

    def __init__(self, pods):
        running = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
        items = [{
            "metadata": {"name": f"web-5d9c7f8b6d-{number:05d}", "namespace": f"shop-{number % 10}", "uid": uid,
                         "ownerReferences": [{"kind": "ReplicaSet", "name": f"web{number}-5d9c7f8b6d", "controller": True}]},
            "spec": {"containers": [{"name": "web"}]},
            "status": {"phase": "Running", "podIP": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",
                       "containerStatuses": [{"name": "web", "state": running, "restartCount": 0, "containerID": f"containerd://{container}"}]},
        } for number, (uid, container) in enumerate(pods)]
        answer = json.dumps({"kind": "PodList", "apiVersion": "v1", "items": items}).encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Connections:
    """With `with`: so many connections are open, both ends here."""

    def __init__(self, bench, count):
        self.bench, self.count = bench, count

    def __enter__(self):
        self.tool = Tool(self.bench.native / "hold", self.count)
        self.tool.ready()
        return self

    def __exit__(self, *_):
        self.tool.end()
