# A help text of caravan as a man page. Variables: name, section, about, version; commands: the program's own page, which
# points to theirs; table: the input is the Markdown table of a worker's options.

function roff(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    gsub(/`/, "\\(ga", text)
    if (text ~ /^[.']/) text = "\\&" text
    return text
}
function line(text) { if (text != "") print roff(text) }
function header(title) { print ".SH " title }
function paragraph() { if (!fresh) print ".PP"; fresh = 1 }

BEGIN {
    printf ".\\\" Made from the program's own help by deploy/package/documents.sh.\n"
    printf ".TH %s %s \"\" \"caravan %s\" \"Caravan\"\n.nh\n.ad l\n", toupper(name), section, version
    header("NAME")
    printf "%s \\- %s\n", roff(name), roff(about)
    if (table) {
        header("DESCRIPTION")
        line("The options of a worker and of every command that talks to Kafka. They stand in a file (caravan run --config FILE),")
        line("a line each, name = value; in the environment, where merge.policy is CARAVAN_MERGE_POLICY; or on the command line,")
        line("--set name=value. The last of file, environment and command line counts. A line that begins with # or ! is a comment.")
        header("OPTIONS")
        FS = " *\\| *"
    } else {
        header("SYNOPSIS")
    }
}

# ---- the option table: | `name` | values | `default` | meaning |

table && $2 ~ /^`/ {
    gsub(/`/, "", $2)
    gsub(/`/, "", $4)
    printf ".TP\n\\fB%s\\fR%s%s\n", roff($2), $3 == "" ? "" : " = " roff($3), $4 == "" ? "" : " [" roff($4) "]"
    line($5)
}
table { next }

# ---- a help text

# Usage lines stand at the top; what is indented below one continues it or is another form.
NR == 1 || (in_usage && NF > 0) {
    in_usage = 1
    text = $0
    sub(/^usage: /, "", text)
    sub(/^ +/, "", text)
    if (NR > 1) print ".br"
    words = split(text, word, " ")
    bold = word[1]
    for (i = 2; i <= words && word[i] ~ /^[a-z]/; i++) bold = bold " " word[i]
    printf "\\fB%s\\fR", roff(bold)
    for (; i <= words; i++) printf " %s", roff(word[i])
    print ""
    next
}
in_usage { in_usage = 0; header("DESCRIPTION"); fresh = 1; next }

# The options of a worker have a page of their own.
/^Options, in the file/ {
    paragraph()
    line("The options of a worker are in caravan.properties(5).")
    while ((getline) > 0) { # to the end: who still writes would else be ended by the closed pipe
    }
    exit
}
NF == 0 { in_list = 0; pending = 1; next }

/^Exit: / { header("EXIT STATUS"); fresh = 1; pending = 0; sub(/^Exit: /, "") }
/^commands:$/ { header("COMMANDS"); fresh = 1; pending = 0; in_commands = 1; next }

# An entry of a list: an option, or a command of the program's own page.
/^ +-/ || (in_commands && /^  [a-z]/) {
    pending = 0
    text = $0
    sub(/^ +/, "", text)
    at = match(text, /  +/)
    term = at ? substr(text, 1, at - 1) : text
    printf ".TP\n\\fB%s\\fR\n", roff(in_commands ? "caravan-" term : term)
    if (at) line(substr(text, at + RLENGTH))
    in_list = 1
    fresh = 0
    next
}
in_list && /^        / {
    text = $0
    sub(/^ +/, "", text)
    print ".br"
    line(text)
    next
}
{
    if (pending || in_list) {
        in_commands = in_list = 0
        paragraph()
    }
    pending = 0
    fresh = 0
    line($0)
}

END {
    header("SEE ALSO")
    if (commands != "") {
        count = split(commands, word, " ")
        for (i = 1; i <= count; i++) printf "\\fBcaravan\\-%s\\fR(1),\n", roff(word[i])
    } else if (name != "caravan") {
        print "\\fBcaravan\\fR(1),"
    }
    print table ? "\\fBcaravan\\-run\\fR(1)" : "\\fBcaravan.properties\\fR(5)"
}
