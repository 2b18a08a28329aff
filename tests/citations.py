#!/usr/bin/env python3
"""What comments and pages cite must be there. Prints a finding a line; nothing when all is well.

- `contract 4.2`: section 4 or rule 4.2 of schemas/contract.md
- `exactly-once.md E5`, `restore.md R2`: an invariant of that page in stream/; in the pages themselves and the glossary
  the number alone
- `kafka/source.c`, `worker.c`: a file of the repository, from its top, from stream/ or tests/, or beside the citing one
- `kafka/source.c: kafka_source_poll` between backticks: a function of that file; in the two pages, a name_like_this
  between backticks: something in stream/
- [text](README.md#section): a page of the repository and a heading of it

And the way back: every rule of the contract is cited by a source that it is behind, so that a search for its number finds
the code.
"""

import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

SOURCES = {".c", ".h", ".py", ".sh", ".mjs", ".md", ".yaml", ".cmake"}
NUMBER = r"\d+(?:\.(?:\d+|[A-Z]))?"
CONTRACT = re.compile(rf"\bcontract ({NUMBER}(?:(?:, | and | to |–|,? or )(?:\s|\*|//|#)*{NUMBER})*)", re.IGNORECASE)
INVARIANT = re.compile(r"(exactly-once|restore)\.md,? ([ER]\d+)\b")
BARE_INVARIANT = re.compile(r"\b([ER]\d{1,2})\b")
FILE = re.compile(r"(?<![\w/.<$-])((?:[\w-]+/)*[\w-]+\.(?:c|h|py|sh|mjs|md))\b(?![\w/.(-])")
FUNCTION = re.compile(r"`((?:[\w-]+/)+[\w-]+\.c): (\w+)`")
NAME = re.compile(r"`([a-z]\w*_\w+)`")
LINK = re.compile(r"\]\(([^)\s#]*)(?:#([^)]*))?\)")
ELSEWHERE = {"rdkafka.h", "kafka-consumer-groups.sh", "caravan_build.h"}
IDEAS = {"0.1", "0.2", "0.3"}  # what the rules come from
OLD = re.compile(r"\bspec(?:ification)?\s+(?:\*\s*)?sections?\b|\(design\b|\bdesign,? \"", re.IGNORECASE)


def tracked():
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True)
    return [name for name in names.stdout.splitlines() if Path(name).exists()]


def comments_of(name, text):
    """The text with what is no comment blanked, so that lines keep their numbers; a page is comment as a whole."""
    suffix = PurePosixPath(name).suffix
    if suffix in (".c", ".h"):
        kept = re.compile(r"/\*.*?\*/", re.DOTALL)
    elif suffix == ".mjs":
        kept = re.compile(r"//[^\n]*")
    elif suffix == ".py":
        kept = re.compile(r'#[^\n]*|"""(?:.|\n)*?"""')
    elif suffix == ".md":
        return text
    else:
        kept = re.compile(r"(?m)^\s*#[^\n]*")
    out, at = [], 0
    for comment in kept.finditer(text):
        out.append(re.sub(r"[^\n]", " ", text[at : comment.start()]))
        out.append(comment.group())
        at = comment.end()
    return "".join(out) + re.sub(r"[^\n]", " ", text[at:])


def ranges_of(text):
    """The rules within "contract 2.7 to 2.9"."""
    found = set()
    for section, first, last in re.findall(r"\b(\d+)\.(\d+)(?: to |–)\1\.(\d+)\b", text):
        found |= {f"{section}.{number}" for number in range(int(first), int(last) + 1)}
    return found


def headings_of(text):
    """As GitHub names them."""
    headings = re.findall(r"(?m)^#+ (.*)$", text)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Repository:
    def __init__(self):
        self.names = set(tracked())
        self.base_names = {PurePosixPath(name).name for name in self.names}
        contract = Path("schemas/contract.md").read_text()
        self.rules = set(re.findall(rf"\*\*({NUMBER})\*\*", contract)) | set(re.findall(r"(?m)^## (\d+)\.", contract))
        sources = [name for name in self.names if name.startswith("stream/") and name.endswith((".c", ".h"))]
        self.cited = set()
        for name in sources:
            comments = comments_of(name, Path(name).read_text())
            if re.search(r"\bcontract\b", comments, re.IGNORECASE):
                self.cited |= set(re.findall(rf"(?<![\w.]){NUMBER}(?![\w.]*\d)", comments)) | ranges_of(comments)
        self.code = "\n".join(Path(name).read_text() for name in sorted(sources))
        self.invariants = {}
        for page in ("exactly-once", "restore"):
            self.invariants[page] = set(re.findall(r"(?m)^\*\*([ER]\d+)\*\*", Path(f"stream/{page}.md").read_text()))

    def has_file(self, cited, citing):
        """A name with a capital, such as ROOM/test_FILE.c, stands for many."""
        if re.search(r"[A-Z]", cited.replace("README", "")) or cited in ELSEWHERE:
            return True
        if "/" not in cited:
            return cited in self.base_names
        folders = ("", "stream/", "tests/", "build/", f"{PurePosixPath(citing).parent}/")
        return any(folder + cited in self.names for folder in folders)

    def findings(self, name, text):
        comments = comments_of(name, text)
        every = self.invariants["exactly-once"] | self.invariants["restore"]
        for match in CONTRACT.finditer(comments):
            for number in re.findall(NUMBER, match.group(1)):
                if number not in self.rules:
                    yield match.start(), f"there is no contract {number}"
        for match in INVARIANT.finditer(comments):
            if match.group(2) not in self.invariants[match.group(1)]:
                yield match.start(), f"there is no {match.group(2)} in stream/{match.group(1)}.md"
        if name in ("stream/exactly-once.md", "stream/restore.md", "schemas/glossary.md"):
            for match in BARE_INVARIANT.finditer(comments):
                if match.group(1) not in every:
                    yield match.start(), f"there is no invariant {match.group(1)}"
        if name in ("stream/exactly-once.md", "stream/restore.md"):
            for match in NAME.finditer(comments):
                if match.group(1) not in self.code:
                    yield match.start(), f"there is no {match.group(1)} in stream/"
        for match in FILE.finditer(comments):
            if not self.has_file(match.group(1), name):
                yield match.start(), f"there is no file {match.group(1)}"
        for match in FUNCTION.finditer(comments):
            path = Path("stream", match.group(1))
            if path.exists() and not re.search(rf"\b{match.group(2)}\(", path.read_text()):
                yield match.start(), f"there is no {match.group(2)} in {path}"
        for match in OLD.finditer(comments):
            yield match.start(), f'"{match.group()}" is not in the repository: cite schemas/contract.md or a page'
        if name.endswith(".md"):
            yield from self.broken_links(name, comments)

    def broken_links(self, name, text):
        for match in LINK.finditer(text):
            target, anchor = match.groups()
            if target.startswith(("http:", "https:")):
                continue
            path = Path(name).parent / target if target else Path(name)
            if not path.exists():
                yield match.start(), f"there is no {target}"
            elif anchor and path.suffix == ".md" and anchor not in headings_of(path.read_text()):
                yield match.start(), f"{path} has no heading {anchor}"


def main():
    repository = Repository()
    for name in sorted(repository.names):
        if PurePosixPath(name).suffix in SOURCES or PurePosixPath(name).name == "CMakeLists.txt":
            text = Path(name).read_text(encoding="utf-8")
            for at, what in repository.findings(name, text):
                print(f"{name}:{text.count(chr(10), 0, at) + 1}: {what}")
    rules = {rule for rule in repository.rules if "." in rule}
    for rule in sorted(rules - repository.cited - IDEAS):
        print(f"schemas/contract.md: no source cites contract {rule}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
