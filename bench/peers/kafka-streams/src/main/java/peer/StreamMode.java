package peer;

import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.UsePartitionTimeOnInvalidTimestamp;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The Kafka Streams application. */
final class StreamMode {
    private StreamMode() { }

    static void run(int policy, int require, Map<String, String> o) throws Exception {
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, o.getOrDefault("application", "peer"));
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, o.getOrDefault("brokers", "localhost:29092"));
        p.put(StreamsConfig.STATE_DIR_CONFIG, o.getOrDefault("state", "/tmp/peer/state"));
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, o.getOrDefault("threads", "2"));
        long interval = Long.parseLong(o.getOrDefault("interval", "100"));
        boolean commitOnEmit = !o.getOrDefault("commit", "emit").equals("timer");
        // Records go out every `interval`, and the commit follows at once (emit() asks for it): the timer of Kafka Streams
        // itself would commit a second time in between.
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitOnEmit ? Long.toString(interval * 100) : Long.toString(interval));
        p.put(StreamsConfig.METRICS_RECORDING_LEVEL_CONFIG, "INFO");
        p.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, "false");
        p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "0");
        p.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, UsePartitionTimeOnInvalidTimestamp.class);
        p.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, o.getOrDefault("buffered", "10000"));
        p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, "-1");
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), "10000");
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), o.getOrDefault("poll", "5000"));
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), o.getOrDefault("fetch", "4194304"));
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), o.getOrDefault("fetchmin", "1"));
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.RECEIVE_BUFFER_CONFIG), "-1");
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.CHECK_CRCS_CONFIG), o.getOrDefault("crc", "false"));
        p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), o.getOrDefault("linger", "100"));
        p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), o.getOrDefault("batch", "524288"));
        p.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), o.getOrDefault("buffer", "134217728"));
        p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), "8388608");
        p.put(StreamsConfig.producerPrefix(ProducerConfig.SEND_BUFFER_CONFIG), "-1");
        p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), o.getOrDefault("compression", "none"));

        boolean emitAlways = o.getOrDefault("emit", "ready").equals("always");
        Settings settings = new Settings(policy, require, interval, emitAlways, commitOnEmit);
        KeyValueBytesStoreSupplier supplier;
        switch (o.getOrDefault("store", "trains")) {
            case "memory": supplier = Stores.inMemoryKeyValueStore(TrainStore.NAME); break;
            case "rocksdb": supplier = Stores.persistentKeyValueStore(TrainStore.NAME); break;
            default: supplier = new TrainStore.Supplier(policy, require);
        }
        StoreBuilder<KeyValueStore<Bytes, byte[]>> builder =
            Stores.keyValueStoreBuilder(supplier, Serdes.Bytes(), Serdes.ByteArray()).withCachingDisabled().withLoggingEnabled(
                o.containsKey("changelog-compression") ? Map.of("compression.type", o.get("changelog-compression")) : Collections.emptyMap());

        Topology t = new Topology();
        t.addSource("events", new ByteArrayDeserializer(), new ByteArrayDeserializer(), o.getOrDefault("topic", "rail.manifest-events"));
        t.addProcessor("trains", () -> new TrainProcessor(settings), "events");
        t.addStateStore(builder, "trains");
        t.addSink(TrainProcessor.CLEARANCES, o.getOrDefault("clearances", "rail.clearances"), new ByteArraySerializer(),
            new ByteArraySerializer(), "trains");
        t.addSink(TrainProcessor.DEAD_LETTERS, o.getOrDefault("dead-letters", "rail.dead-letters"), new ByteArraySerializer(),
            new ByteArraySerializer(), "trains");

        KafkaStreams streams = new KafkaStreams(t, p);
        CountDownLatch done = new CountDownLatch(1);
        streams.setGlobalStateRestoreListener(new RestoreClock());
        streams.setUncaughtExceptionHandler(e -> {
            e.printStackTrace();
            done.countDown();
            return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close();
            done.countDown();
        }));
        streams.start();
        done.await();
    }
}
