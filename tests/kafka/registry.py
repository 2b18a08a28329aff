"""How a case becomes one: the modules cases_*.py register theirs here, and cases.py runs them."""

import collections
import os
import threading

from deployment import Deployment

LONG = os.environ.get("CARAVAN_LONG") == "1"
SMALL = ("--preset", "small", "--trains", "120", "--shuffle", "window:400")
MEDIUM = ("--preset", "small", "--trains", "60", "--shuffle", "window:400")

Case = collections.namedtuple("Case", "name alone needs_broker cluster function")
CASES = []


def case(name, needs_broker=False, alone=False, cluster=False):
    """Registers function(folder). Cases run some at a time, but one `alone` has the machine to itself, and one that
    `needs_broker` its broker: it stops or kills it. One of a `cluster` has three brokers, and does with them what it
    likes as long as all three run in the end; it runs beside those that need theirs."""
    def register(function):
        CASES.append(Case(name, alone or needs_broker or cluster, needs_broker or cluster, cluster, function))
        return function
    return register


def both_protocols(name, **options):
    """Registers function(folder, protocol) under the classic protocol and under KIP-848's."""
    def register(function):
        for protocol in ("classic", "consumer"):
            case(f"{name} ({protocol})", **options)(lambda folder, protocol=protocol: function(folder, protocol))
        return function
    return register


running = threading.local()  # .deployments: those of the case that this thread runs


def deployment(name, folder, **settings):
    """A deployment with its topics; the runner ends its workers. `name` is in the name of every topic: each case has its own."""
    made = Deployment(name, folder, **settings)
    running.deployments.append(made)
    return made.create()
