/* The subcommands of caravan. Each takes its own arguments (argv[0] is the subcommand's name) and returns the exit
 * code. */
#ifndef CARAVAN_COMMANDS_COMMANDS_H
#define CARAVAN_COMMANDS_COMMANDS_H

/* Exit codes, the same for every subcommand. */
enum {
    COMMANDS_OK = 0,
    COMMANDS_FAILED = 1, /* input or output, or a check that found something wrong */
    COMMANDS_USAGE = 2,
    COMMANDS_REFUSED = 3, /* what the topics hold contradicts contract 7.15 (run), or no key vouches for it */
    COMMANDS_FENCED = 4,  /* run: another worker took over, or the consumer met a fatal error: start again */
    COMMANDS_BLOCKED = 5  /* run: the cluster refuses for good; the message says what an operator is to change */
};

/* Dispatches argv[1]; --help and --version too. */
int commands_main(int argc, char **argv);

int command_merge(int argc, char **argv);
int command_show(int argc, char **argv);
int command_convert(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_generate(int argc, char **argv);
int command_run(int argc, char **argv);
int command_health(int argc, char **argv);
int command_topics(int argc, char **argv);
int command_produce(int argc, char **argv);
int command_lag(int argc, char **argv);
int command_redrive(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_reset(int argc, char **argv);
int command_report(int argc, char **argv);
int command_tail(int argc, char **argv);

#endif
