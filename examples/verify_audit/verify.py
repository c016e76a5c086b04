#!/usr/bin/env python3
"""Verifies an export of audit chains (`cicd audit export`, or `GET /api/v1/audit-events/export`).

    verify.py [--expect TENANT/CHAIN/SEQ:HASH ...] [FILE]

Uses SHA-256 and nothing of the software that wrote the export; the format is in docs/AUDIT.md. Every chain of the file must
be there from its first event on, or from the event after one that --expect names. Prints the head of each chain, to be kept
elsewhere and given to --expect another time. Exit code 0: sound, 1: broken, at the event that is named, 2: wrong arguments.
"""

import argparse
import hashlib
import json
import struct
import sys

LARGEST = 2**53 - 1
ZERO = "sha256:" + "0" * 64


def canonical(value):
    """The text of a value after RFC 8785, with integers only."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) or isinstance(value, int) and abs(value) > LARGEST:
        raise ValueError(f"{value} has no canonical form")
    return json.dumps(value, ensure_ascii=False)


def is_canonical(text):
    try:
        return canonical(json.loads(text)) == text
    except (ValueError, RecursionError):
        return False


def hash_of(event):
    """SHA-256(tag ‖ "/" ‖ tenant ‖ "/" ‖ chain ‖ 0x00 ‖ previous ‖ seq ‖ at ‖ bytes)."""
    name = f"cicd-audit-v1/{event['tenant']}/{event['chain']}\0".encode()
    previous = bytes.fromhex(event["previous"].removeprefix("sha256:"))
    place = struct.pack(">Qq", event["seq"], event["at_micros"])
    return "sha256:" + hashlib.sha256(name + previous + place + event["bytes"].encode()).hexdigest()


def wrong(event, seq, previous, at, kept):
    """What is wrong with an event that should follow event `seq`, which has the hash `previous` and the time `at`."""
    found = event["seq"]
    if found != seq + 1:
        return f"event {found} stands where event {seq + 1} should"
    if event["previous"] != previous:
        return f"event {found} names another predecessor than event {seq} has"
    if event["at_micros"] < at:
        return f"event {found} is older than event {seq}"
    if event["hash"] != hash_of(event):
        return f"event {found} does not have the hash of its contents"
    if not is_canonical(event["bytes"]):
        return f"the bytes of event {found} are not canonical JSON"
    if kept.get(found, event["hash"]) != event["hash"]:
        return f"event {found} does not have the hash that was kept elsewhere"
    return None


def head(text):
    place, _, digest = text.partition(":")
    tenant, chain, seq = place.split("/")
    return f"{tenant}/{chain}", int(seq), "sha256:" + digest.removeprefix("sha256:")


def verify(lines, expected):
    """The last event of each chain: sequence, hash and time."""
    kept, heads = {}, {}
    for chain, seq, digest in expected:
        kept.setdefault(chain, {})[seq] = digest
    for number, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
            chain = f"{event['tenant']}/{event['chain']}"
            known = kept.get(chain, {})
            if chain not in heads and event["seq"] - 1 in known:
                heads[chain] = event["seq"] - 1, known[event["seq"] - 1], 0
            why = wrong(event, *heads.get(chain, (0, ZERO, 0)), known)
        except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
            sys.exit(f"line {number} is not an event: {error!r}")
        if why:
            sys.exit(f"{chain}: {why}")
        heads[chain] = event["seq"], event["hash"], event["at_micros"]
    for chain, known in kept.items():
        end = heads.get(chain, (0,))[0]
        for seq in sorted(known):
            if seq > end:
                sys.exit(f"{chain}: the chain ends at event {end}, but event {seq} was kept elsewhere")
    return heads


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="verifies an export of audit chains")
    arguments.add_argument("--expect", type=head, action="append", default=[], metavar="TENANT/CHAIN/SEQ:HASH")
    arguments.add_argument("file", nargs="?", type=argparse.FileType("rb"), default=sys.stdin.buffer)
    given = arguments.parse_args()
    for chain, (seq, digest, _) in verify(given.file, given.expect).items():
        print(f"{chain}/{seq}:{digest}")
