"""Fills a store: every key of a prefix once, whoever and however many run this.

It may be stopped at any moment and run again. What it has been given and has not confirmed,
others are given when the time of its lease is over. A key's value follows from the key, so
to write one twice does no harm.
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
COUNT = 256  # IDs of one hand-out: two round trips here, and one in the store
LEASE = int(os.environ.get("LEASE", "30000"))  # milliseconds, in which these are written for sure


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
    """Writes the keys that are not there."""
    pipe = store.pipeline(transaction=False)
    for key in keys:
        pipe.set(key, f"value of {key}", nx=True)
    pipe.execute()


def confirm(ids, token):
    """Says that the keys are written, and returns how many: none if it took too long, and others write them, too."""
    try:
        return ids.execute_command("PT.CONFIRM", token)
    except redis.ResponseError as error:
        if not str(error).startswith("NOLEASE"):
            raise
        return 0


def fill(ids, store):
    """Writes what is free until all is confirmed, by whomever."""
    filled, said = 0, time.monotonic()
    while True:
        token, keys = ids.execute_command("PT.CLAIMNEXT", PREFIX, "COUNT", COUNT, "LEASE", LEASE, "KEYS")
        if keys:
            write(store, keys)
            filled += confirm(ids, token)
        elif ids.execute_command("PT.COUNT", PREFIX) >= KEYS:
            return filled
        else:
            time.sleep(0.5)  # others are writing the rest; what one leaves who dies comes back
        if time.monotonic() - said > 5:
            print(f"{filled} keys so far", flush=True)
            said = time.monotonic()


def main():
    ids = connect(os.environ.get("TRACKER", "127.0.0.1:7171"), os.environ.get("PASSWORD_FILE"))
    store = connect(os.environ.get("STORE", "127.0.0.1:6379"))
    ids.execute_command("PT.CREATE", PREFIX, "MAXID", KEYS, "IFNOTEXISTS")
    filled = fill(ids, store)
    print(f"{filled} keys filled; {PREFIX} has {KEYS}", flush=True)


if __name__ == "__main__":
    # The first process of a container ends by a signal only if it says so.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        main()
    except (redis.RedisError, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
