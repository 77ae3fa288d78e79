"""Runs a program in a terminal of its own. One JSON object in: the program, and the keys to press after each question.

Out: everything that the terminal showed, whether it still shows what is typed, and the exit code.
"""

import json
import os
import pty
import select
import sys
import termios
import time

job = json.load(sys.stdin)
leader, follower = pty.openpty()
child = os.fork()
if child == 0:
    os.setsid()
    os.close(leader)
    import fcntl

    fcntl.ioctl(follower, termios.TIOCSCTTY, 0)
    for number in (0, 1, 2):
        os.dup2(follower, number)
    os.execvpe(job["program"][0], job["program"], {**os.environ, **job["env"]})

shown, asked = b"", 0
steps = list(job["steps"])
end = time.monotonic() + 60
while time.monotonic() < end:
    ready, _, _ = select.select([leader], [], [], 0.05)
    if ready:
        try:
            shown += os.read(leader, 4096)
        except OSError:
            break
    if steps and steps[0]["after"].encode() in shown[asked:]:
        asked = len(shown)
        # The program turns the echo off right after its question.
        while termios.tcgetattr(leader)[3] & termios.ECHO and steps[0].get("hidden", True):
            time.sleep(0.01)
        os.write(leader, steps.pop(0)["press"].encode())
    if os.waitpid(child, os.WNOHANG)[0]:
        child = 0
        break
echo = bool(termios.tcgetattr(follower)[3] & termios.ECHO)
if child:
    os.kill(child, 9)
    os.waitpid(child, 0)
while select.select([leader], [], [], 0.05)[0]:
    shown += os.read(leader, 4096)
json.dump({"shown": shown.decode(), "echo": echo, "ended": child == 0, "unasked": len(steps)}, sys.stdout)
