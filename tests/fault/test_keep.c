/* A client whose only broker says that there is none (one that is fenced, as while it starts), or goes away with a
 * question. librdkafka's mock cluster can do neither with metadata, so this broker is a thread that knows two requests.
 */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "kafka/client.h"
#include "kafka/topics.h"

enum { API_METADATA = 3, API_VERSIONS = 18, METADATA_VERSION = 2, BROKER = 1, CONNECTIONS_MAX = 32, ROUND_MS = 20 };
enum { REQUEST_HEAD_BYTES = 8, REQUEST_BYTES_MAX = 4096, PATIENCE_MS = 20000, ASK_MS = 500 };

static struct {
    pthread_t thread;
    int port;
    struct pollfd sockets[CONNECTIONS_MAX]; /* the first one listens */
    nfds_t count;
    atomic_bool fenced, ending;
    atomic_int breaks_after; /* so many answers about metadata; below 0: never */
} broker;

/* ---- the broker */

static void put(struct buffer *out, unsigned bytes, int32_t value) {
    while (bytes-- > 0) {
        buffer_append_byte(out, (char)((uint32_t)value >> (8 * bytes)));
    }
}

static void put_text(struct buffer *out, struct slice text) {
    put(out, 2, (int32_t)text.len);
    buffer_append(out, text.data, text.len);
}

static int32_t get(const char *at, unsigned bytes) {
    uint32_t value = 0;
    while (bytes-- > 0) {
        value = value << 8 | (unsigned char)*at++;
    }
    return (int32_t)value;
}

static void answer_versions(struct buffer *out, int32_t version) {
    put(out, 2, version == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION);
    put(out, 4, 2);
    put(out, 2, API_METADATA), put(out, 2, 0), put(out, 2, METADATA_VERSION);
    put(out, 2, API_VERSIONS), put(out, 2, 0), put(out, 2, 0);
}

/* `asked`: how many topics, and the first one's name. */
static void answer_metadata(struct buffer *out, const char *asked) {
    bool fenced = atomic_load(&broker.fenced);
    put(out, 4, fenced ? 0 : 1);
    if (!fenced) {
        put(out, 4, BROKER), put_text(out, SLICE("127.0.0.1")), put(out, 4, broker.port), put(out, 2, -1);
    }
    put_text(out, SLICE("cluster")), put(out, 4, fenced ? -1 : BROKER);
    put(out, 4, get(asked, 4) > 0 ? 1 : 0);
    if (get(asked, 4) > 0) {
        put(out, 2, RD_KAFKA_RESP_ERR_NO_ERROR);
        put_text(out, (struct slice){asked + 6, (size_t)get(asked + 4, 2)});
        put(out, 1, 0), put(out, 4, 1); /* not an internal one, of one partition */
        put(out, 2, fenced ? RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE : RD_KAFKA_RESP_ERR_NO_ERROR);
        put(out, 4, 0), put(out, 4, fenced ? -1 : BROKER);
        put(out, 4, 1), put(out, 4, BROKER), put(out, 4, 0); /* one replica, which is not in sync */
    }
}

static bool read_all(int socket, char *out, size_t len) {
    return recv(socket, out, len, MSG_WAITALL) == (ssize_t)len;
}

static bool breaks(int32_t api) {
    return api == API_METADATA && atomic_load(&broker.breaks_after) >= 0 &&
           atomic_fetch_sub(&broker.breaks_after, 1) == 0;
}

/* False where the connection is over. */
static bool serve(int socket) {
    char request[REQUEST_BYTES_MAX];
    if (!read_all(socket, request, 4)) {
        return false;
    }
    size_t len = (size_t)get(request, 4);
    if (len < REQUEST_HEAD_BYTES || len > sizeof request || !read_all(socket, request, len)) {
        return false;
    }
    struct buffer body = {0}, out = {0};
    int32_t api = get(request, 2), client_len = get(request + 8, 2);
    if (breaks(api)) {
        return false;
    }
    if (api == API_VERSIONS) {
        answer_versions(&body, get(request + 2, 2));
    } else {
        cr_assert_eq(api, API_METADATA);
        answer_metadata(&body, request + 10 + client_len);
    }
    put(&out, 4, (int32_t)body.len + 4), put(&out, 4, get(request + 4, 4));
    buffer_append(&out, body.data, body.len);
    bool sent = send(socket, out.data, out.len, MSG_NOSIGNAL) == (ssize_t)out.len;
    buffer_release(&body);
    buffer_release(&out);
    return sent;
}

static void *broker_main(void *context) {
    (void)context;
    while (!atomic_load(&broker.ending)) {
        poll(broker.sockets, broker.count, ROUND_MS);
        for (nfds_t i = broker.count; i-- > 1;) {
            if (broker.sockets[i].revents != 0 && !serve(broker.sockets[i].fd)) {
                close(broker.sockets[i].fd);
                broker.sockets[i] = broker.sockets[--broker.count];
            }
        }
        if (broker.sockets[0].revents != 0 && broker.count < CONNECTIONS_MAX) {
            broker.sockets[broker.count++] = (struct pollfd){accept(broker.sockets[0].fd, NULL, NULL), POLLIN, 0};
        }
    }
    return NULL;
}

static void begin(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    log_set_level(LOG_ERROR);
    broker.sockets[0] = (struct pollfd){socket(AF_INET, SOCK_STREAM, 0), POLLIN, 0};
    broker.count = 1;
    cr_assert_eq(bind(broker.sockets[0].fd, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(broker.sockets[0].fd, CONNECTIONS_MAX), 0);
    cr_assert_eq(getsockname(broker.sockets[0].fd, (struct sockaddr *)&address, &len), 0);
    broker.port = ntohs(address.sin_port);
    atomic_store(&broker.breaks_after, -1);
    cr_assert_eq(pthread_create(&broker.thread, NULL, broker_main, NULL), 0);
}

static void end(void) {
    atomic_store(&broker.ending, true);
    pthread_join(broker.thread, NULL);
    while (broker.count > 0) {
        close(broker.sockets[--broker.count].fd);
    }
}

TestSuite(keep, .init = begin, .fini = end, .timeout = 60);

/* ---- its clients */

static void configure(struct config *config) {
    char text[CONFIG_ERROR_BYTES];
    config_init(config);
    snprintf(text, sizeof text, "kafka.bootstrap.servers=127.0.0.1:%d", broker.port);
    cr_assert(config_set(config, text, "test", text), "%s", text);
}

static void loses_its_broker(enum kafka_client_role role, rd_kafka_type_t type) {
    struct config config;
    struct kafka_error error;
    struct kafka_keeper keeper = {0};
    configure(&config);
    rd_kafka_conf_t *conf = kafka_client_conf(&config, &(struct kafka_client_options){.role = role}, &error);
    cr_assert_not_null(conf, "%s", error.text);
    rd_kafka_t *client = kafka_client_new(type, conf, &error);
    cr_assert_not_null(client, "%s", error.text);
    cr_assert_eq(kafka_client_refresh(client, "topic", PATIENCE_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
    atomic_store(&broker.fenced, true);
    kafka_client_refresh(client, "topic", ASK_MS);
    atomic_store(&broker.fenced, false);
    rd_kafka_resp_err_t code;
    int64_t until_ms = clock_steady_ms() + PATIENCE_MS;
    do {
        kafka_client_keep(client, &keeper);
        code = kafka_client_refresh(client, "topic", ASK_MS);
    } while (code != RD_KAFKA_RESP_ERR_NO_ERROR && clock_steady_ms() < until_ms);
    cr_assert_eq(code, RD_KAFKA_RESP_ERR_NO_ERROR, "%s", rd_kafka_err2str(code));
    rd_kafka_destroy(client);
    config_release(&config);
}

Test(keep, an_asker_that_is_told_of_no_broker_finds_it_again) {
    loses_its_broker(KAFKA_CLIENT_ASKER, RD_KAFKA_PRODUCER);
}

Test(keep, a_producer_that_is_told_of_no_broker_finds_it_again) {
    loses_its_broker(KAFKA_CLIENT_PRODUCER, RD_KAFKA_PRODUCER);
}

Test(keep, a_reader_that_is_told_of_no_broker_finds_it_again) {
    loses_its_broker(KAFKA_CLIENT_OUTSIDE, RD_KAFKA_CONSUMER);
}

/* Which of its requests is the question is not known here, so each is broken once. */
Test(keep, a_broker_that_goes_away_with_the_question_is_asked_again) {
    for (int before = 0; before < 8; before++) {
        struct config config;
        struct kafka_error error = {.text = ""};
        configure(&config);
        atomic_store(&broker.breaks_after, before);
        cr_expect_eq(kafka_topics_count(&config, CONFIG_TOPIC_INPUT, &error), 1, "%d: %s", before, error.text);
        config_release(&config);
    }
}
