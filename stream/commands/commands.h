/* The subcommands of caravan. Each takes its own arguments (argv[0] is the subcommand's name) and returns the exit
 * code. */
#ifndef CARAVAN_COMMANDS_COMMANDS_H
#define CARAVAN_COMMANDS_COMMANDS_H

/* Exit codes, the same for every subcommand. */
enum {
    COMMANDS_OK = 0,
    COMMANDS_FAILED = 1, /* input or output, or a check that found something wrong */
    COMMANDS_USAGE = 2,
    COMMANDS_REFUSED = 3, /* run: what the topics hold contradicts spec section 7; the message says the ways out */
    COMMANDS_FENCED = 4   /* run: another worker took over, or the producer met a fatal error: start again */
};

/* Dispatches argv[1]; --help and --version too. */
int commands_main(int argc, char **argv);

int command_merge(int argc, char **argv);
int command_show(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_generate(int argc, char **argv);
int command_run(int argc, char **argv);
int command_topics(int argc, char **argv);
int command_produce(int argc, char **argv);
int command_reset(int argc, char **argv);
int command_tail(int argc, char **argv);

#endif
