"""Fills a store: every key of a prefix once, whoever and however many run this.

It may be stopped at any moment and run again. A key's value follows from the key, so
to write one twice does no harm, and the last step writes what a worker that died, or
a reply that was lost, has left out.
"""

import os
import signal
import sys
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PREFIX = os.environ.get("PREFIX", "vec:")
KEYS = int(os.environ.get("KEYS", "1000000"))
COUNT = 256  # IDs of one hand-out: one round trip here, and one in the store


def connect(address, password_file=None):
    """A connection that repeats nothing: a hand-out sent twice has happened twice."""
    host, _, port = address.rpartition(":")
    password = None
    if password_file:
        with open(password_file, encoding="utf-8") as file:
            password = file.read().rstrip("\r\n")
    return redis.Redis(host, int(port), password=password, decode_responses=True,
                       socket_timeout=30, retry=Retry(NoBackoff(), 0))


def write(store, keys):
    """Writes the keys that are not there, and returns how many these were."""
    pipe = store.pipeline(transaction=False)
    for key in keys:
        pipe.set(key, f"value of {key}", nx=True)
    return sum(1 for written in pipe.execute() if written)


def fill(ids, store):
    """Writes what nobody has been given yet, until nothing is left."""
    filled, said = 0, time.monotonic()
    while keys := ids.execute_command("PT.CLAIMNEXT", PREFIX, "COUNT", COUNT, "KEYS"):
        filled += write(store, keys)
        if time.monotonic() - said > 5:
            print(f"{filled} keys so far", flush=True)
            said = time.monotonic()
    return filled


def complete(ids, store):
    """Writes what was handed out and is not in the store."""
    cursor, completed = 0, 0
    while True:
        cursor, keys = ids.execute_command("PT.SCAN", PREFIX, cursor, "COUNT", 1000, "KEYS")
        completed += write(store, keys)
        if int(cursor) == 0:
            return completed


def main():
    ids = connect(os.environ.get("TRACKER", "127.0.0.1:7171"), os.environ.get("PASSWORD_FILE"))
    store = connect(os.environ.get("STORE", "127.0.0.1:6379"))
    ids.execute_command("PT.CREATE", PREFIX, "MAXID", KEYS, "IFNOTEXISTS")
    filled = fill(ids, store)
    completed = complete(ids, store)
    print(f"{filled} keys filled, {completed} completed; {PREFIX} has {KEYS}", flush=True)


if __name__ == "__main__":
    # The first process of a container ends by a signal only if it says so.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        main()
    except (redis.RedisError, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
