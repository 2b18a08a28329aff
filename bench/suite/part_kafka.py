"""d. `caravan run` on a real Kafka beside a bare drain and a bare pipe: a backlog, paced as in operation, and how long events take."""

from context import tool
from kafka import Deployment, Paced, Progress
from process import Child
from result import Part, median

RATES, DUPLICATES = (20, 50, 80), (0, 20, 50)
COMMITS = ("100ms", "1s")


class Pipe:
    """The bare pipe over a deployment's input, writing what `run` was seen to write."""

    def __init__(self, deployment, name, per_event, commit_ms):
        self.other = Deployment(deployment.context, name, topic__input=deployment.input)
        records, record_bytes = per_event
        self.child = Child([tool("pipe"), deployment.kafka.brokers, name, deployment.input, self.other.topic("clearances"), records,
                            int(record_bytes), commit_ms], deployment.context.path(f"{name}.log"))

    def end(self):
        self.child.stop()
        self.other.delete()


def per_event(outputs, events):
    """Records an event, and bytes of each."""
    return outputs["messages"] / events, outputs["bytes"] / max(outputs["messages"], 1)


# ---- a backlog

def backlog_round(context, part, speed, number):
    told = speed.kafka.drain(speed.input)
    part.add("backlog: bare drain", **{"events/s": told["messages"] / told["wall_s"], "CPU s/M": told["cpu_s"] * 1e6 / told["messages"]})
    worker = Deployment(context, f"backlog{number}", topic__input=speed.input)
    child = worker.start()
    progress = Progress(speed.kafka, child, worker.name, speed.input)
    child.stop()
    outputs = worker.outputs()
    part.add("backlog: caravan run", **progress.figures())
    worker.delete()
    pipe = Pipe(speed, f"pipe{number}", per_event(outputs, progress.events), 100)
    piped = Progress(speed.kafka, pipe.child, f"pipe{number}", speed.input)
    pipe.end()
    part.add("backlog: bare pipe", **piped.figures())
    return progress, piped, told


def backlog(context, part):
    events, flight = context.choose(60000, 1000000), context.choose(200, 1000)
    path = context.trains(events=events, flight=flight)
    speed = Deployment(context, "speed")
    speed.load(path)
    context.forget(path)
    rounds = [backlog_round(context, part, speed, number) for number in context.rounds(3, 0.1)]
    speed.delete()
    part.note(f"Backlog: {events:,} events of {flight:,} trains in flight, 4 partitions, one lane; from the start of the program to the last committed offset.")
    runs = [run.end.cpu / run.events for run, _, _ in rounds]
    part.ratio("backlog: CPU an event, run / bare pipe", runs, [pipe.end.cpu / pipe.events for _, pipe, _ in rounds], most=2)
    part.ratio("backlog: CPU an event, run / bare drain", runs, [drain["cpu_s"] / drain["messages"] for _, _, drain in rounds])
    return median(part.values("backlog: caravan run", "events/s"))


# ---- paced

class Scene:
    """Trains in flight that have been on their way for a while, then events at a rate."""

    def __init__(self, context, rate, flight):
        self.rate, self.flight, self.seconds = rate, flight, context.choose(5, 20)
        self.skip = context.choose(1, 4)
        self.before, self.after = context.split(
            context.trains(events=flight * 100 + rate * (self.seconds + self.skip), flight=flight), flight * 100)

    def name(self, commit):
        return f"{self.rate:,}/s over {self.flight:,} trains, commits of {commit}"


def paced_run(context, scene, name, commit):
    """`run`, and what it put out while it was paced."""
    worker = Deployment(context, name, commit__interval=commit)
    worker.load(scene.before)
    child = worker.start()
    Progress(worker.kafka, child, name, worker.input)
    before = worker.outputs()
    paced = Paced(worker.kafka, child, name, worker.input, (scene.after, scene.rate, scene.skip))
    child.stop()
    after = worker.outputs()
    worker.delete()
    return paced, {what: after[what] - before[what] for what in ("messages", "bytes")}


def paced_pipe(context, scene, name, outputs, commit_ms):
    source = Deployment(context, f"{name}-source")
    source.load(scene.before)
    pipe = Pipe(source, name, outputs, commit_ms)
    Progress(source.kafka, pipe.child, name, source.input)
    paced = Paced(source.kafka, pipe.child, name, source.input, (scene.after, scene.rate, scene.skip))
    pipe.end()
    source.delete()
    return paced


def paced_round(context, part, scene, commit, number):
    stem = f"{scene.rate}-{commit}-{number}"
    paced, outputs = paced_run(context, scene, f"paced-{stem}", commit)
    records = max(outputs["messages"], 1)
    share = paced.told["counted"] / paced.told["sent"]  # records of what does not count are not told apart
    part.add(f"run, {scene.name(commit)}", **paced.figures(), **paced.latency(),
             **{"µs/record": paced.spent.cpu * 1e6 / (records * share), "records": records, "record MB": outputs["bytes"] / 1e6})
    piped = paced_pipe(context, scene, f"paced-pipe-{stem}", per_event(outputs, paced.told["sent"]), 100 if commit == "100ms" else 1000)
    part.add(f"bare pipe, {scene.name(commit)}", **piped.figures(), **piped.latency(),
             **{"µs/record": piped.spent.cpu * 1e6 / (records * share), "records": records, "record MB": outputs["bytes"] / 1e6})


def paced(context, part):
    scenes = context.choose(((2000, 100), (500, 240)), ((10000, 1000), (2000, 2400)))
    commits = context.choose(COMMITS[:1], COMMITS)
    for (rate, flight), share in zip(scenes, (0.22, 0.29)):  # of the time that is left
        scene = Scene(context, rate, flight)
        for number in context.rounds(3, share):
            for commit in commits:
                context.say(scene.name(commit))
                paced_round(context, part, scene, commit, number)
        for commit in commits:
            part.ratio(f"CPU, run / bare pipe, {scene.name(commit)}", part.values(f"run, {scene.name(commit)}", "CPU s/M"),
                       part.values(f"bare pipe, {scene.name(commit)}", "CPU s/M"), most=2)
            part.ratio(f"µs a record of run, {scene.name(commit)}", part.values(f"run, {scene.name(commit)}", "µs/record"),
                       [1.0] * len(part.values(f"run, {scene.name(commit)}", "µs/record")), most=50)


# ---- latency

def latency_round(context, part, workload, fastest, number):
    """`workload`: repeats in per cent, and the file; `fastest`: events a second that the backlog made."""
    duplicates, path = workload
    seconds, skip = context.choose(4, 12), context.choose(1, 2)
    for rate in context.choose((50,), RATES):
        name = f"latency-{duplicates}-{rate}-{number}"
        context.say(f"latency at {rate} % with {duplicates} % repeated")
        worker = Deployment(context, name)
        worker.load(context.trains(events=1000, flight=20, seed=2))
        child = worker.start()
        Progress(worker.kafka, child, name, worker.input)  # it has started
        told = Paced(worker.kafka, child, name, worker.input, (path, fastest * rate / 100, skip, int(fastest * rate / 100 * (seconds + skip))))
        child.stop()
        worker.delete()
        part.add(f"{rate} % of the maximum rate, {duplicates} % repeated", **told.latency(), **{"CPU s/M": told.figures()["CPU s/M"]})


def fastest_of(context, path, name):
    """Events a second of the backlog of this workload."""
    worker = Deployment(context, name)
    worker.load(path)
    child = worker.start()
    progress = Progress(worker.kafka, child, name, worker.input)
    child.stop()
    worker.delete()
    return progress.events / progress.wall


def latency(context, part):
    for at, duplicates in enumerate(DUPLICATES):
        events = context.choose(60000, 1000000)
        path = context.trains(events=events, flight=context.choose(200, 1000), duplicates=duplicates / 100)
        fastest = fastest_of(context, path, f"fastest-{duplicates}")
        part.note(f"Latency with {duplicates} % repeated: the maximum rate is that of its backlog, {fastest:,.0f} events/s.")
        for number in context.rounds(3, 1 / (len(DUPLICATES) - at)):
            latency_round(context, part, (duplicates, path), fastest, number)
        context.forget(path)
    half = [part.values(f"50 % of the maximum rate, {duplicates} % repeated", "p99 ms") for duplicates in DUPLICATES]
    worst = max(half, key=median)
    part.ratio("latency p99 in s at half of the maximum rate, the worst of the three", worst, [1000.0] * len(worst), most=1)


def measure(context):
    part = Part("`caravan run` on a real Kafka; broker, offering program and worker on the same machine")
    backlog(context, part)
    part.note("Paced: each train has had 100 events before; CPU, faults and switches from when the first seconds are over to the last commit. "
              "Latency: from when an event was due, whether those before it were through or not, to when its commit was seen.")
    paced(context, part)
    latency(context, part)
    return part.content
