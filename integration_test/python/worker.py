"""A worker of scene_worker_test.go: asks for a batch, does to its keys in the store what its job says, confirms it.

Its only argument is the job, as JSON. What it was given and what it was told it writes down, a line each, with the
times before and after on the clock that all processes of a machine share. node/worker.js is the same.
"""
import json
import os
import signal
import sys
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

job = json.loads(sys.argv[1])
width = job.get("width", 12)
notes = os.open(job["notes"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
batch = 0
missed = 0


def note(*words):
    """One write, so that a kill leaves no half of a line."""
    os.write(notes, (" ".join(map(str, words)) + "\n").encode())


def dies(step):
    return job.get("die") == [batch, step]


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def step(name):
    if dies(name):
        die()


def connect(port):
    """A connection that repeats nothing, for a hand-out that is sent twice has happened twice."""
    client = redis.Redis(port=port, decode_responses=True, client_name=job["name"], socket_timeout=60,
                         single_connection_client=True, retry=Retry(NoBackoff(), 0))
    client.ping()
    return client


def reconnect():
    """The tracker may have been killed: it listens again at the same port, and reads its log first."""
    deadline = time.monotonic() + 60
    while True:
        try:
            tracker = connect(job["tracker"])
            if job.get("until"):
                tracker.execute_command(*job["until"][0])
            return tracker
        except (redis.ConnectionError, redis.TimeoutError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def ask(name, *words):
    """A command whose reply is not waited for by who dies there."""
    if dies(name):
        tracker.connection.send_command(*words)
        die()
    return tracker.execute_command(*words)


def change(keys):
    """What the job does to these keys of the store. DEL counts keys that were not there, GET those that are not."""
    global missed
    if not keys:
        return
    if job["store"] == "DEL":
        missed += len(keys) - store.delete(*keys)
    elif job["store"] == "GET":
        missed += sum(value is None for value in store.mget(keys))
    elif job["store"] == "SET":
        pipe = store.pipeline(transaction=False)
        for key in keys:
            pipe.set(key, job["name"])
        pipe.execute()


def settle(name, command, token, ids, *some):
    """Where no reply came it asks once more; then NOLEASE may mean that the first one has done it."""
    doubt = False
    while True:
        sent = time.monotonic_ns()
        try:
            settled = ask(name, command, token, *some)
            return note({"PT.CONFIRM": "confirmed", "PT.RELEASE": "released"}[command], sent, token, settled, *ids)
        except redis.ResponseError as error:
            if not str(error).startswith("NOLEASE"):
                raise
            return note("unknown" if doubt else "lost", time.monotonic_ns(), token)
        except (redis.ConnectionError, redis.TimeoutError):
            doubt = True
            again()


def again():
    global tracker
    tracker = reconnect()


def renew(token):
    sent = time.monotonic_ns()
    try:
        ask("renewing", "PT.RENEW", token, job["ttl"])
        note("renewed", sent, token, job["ttl"])
    except redis.ResponseError as error:
        if not str(error).startswith("NOLEASE"):
            raise
    except (redis.ConnectionError, redis.TimeoutError):
        again()


def over():
    """Nothing is left for now: is it the end, or do others hold something that may come back?"""
    if not job.get("until"):
        return True
    return tracker.execute_command(*job["until"][0]) == job["until"][1]


tracker, store = reconnect(), connect(job["store_port"])
store.execute_command("CLIENT", "SETNAME", job["name"])
while batch < job.get("batches", 1 << 60):
    step("before")
    sent = time.monotonic_ns()
    try:
        reply = ask("asking", *job["next"])
        if reply is None:  # others hold what is left of the pass
            time.sleep(0.02)
            continue
        token, keys = reply if job["ttl"] else ("-", reply)
        if not keys:
            if over():
                break
            time.sleep(0.02)
            continue
    except (redis.ConnectionError, redis.TimeoutError):
        again()
        continue
    ids = [int(key[-width:]) for key in keys]
    note("got", sent, time.monotonic_ns(), job["ttl"], token, *ids)
    step("got")
    if job.get("remove"):
        tracker.execute_command("PT.REM", job["remove"], *ids)
    time.sleep(job.get("grace", 0))
    half = len(keys) // 2
    change(keys[:half])
    step("half")
    if job.get("renew"):
        renew(token)
        step("renewed")
    change(keys[half:])
    step("written")
    if job["ttl"]:
        if job.get("parts"):
            settle("confirming half", "PT.CONFIRM", token, ids[:half], *ids[:half])
            step("half confirmed")
            settle("confirming", "PT.CONFIRM", token, ids[half:], *ids[half:])
        elif job.get("release") and batch % 4 == 3:
            settle("releasing", "PT.RELEASE", token, ids)
        else:
            settle("confirming", "PT.CONFIRM", token, ids)
    step("confirmed")
    batch += 1
print(json.dumps({"batches": batch, "missed": missed}))
