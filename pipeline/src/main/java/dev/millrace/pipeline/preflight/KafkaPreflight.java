package dev.millrace.pipeline.preflight;

import dev.millrace.pipeline.config.TrainingConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the brokers what a job would otherwise find out after it has started: whether they answer, whether the topics
 * are there, whether the job may use them and whether its records fit. Changes nothing.
 */
public final class KafkaPreflight {
    private static final int KAFKA_MAX_REQUEST_SIZE = 1 << 20;

    private final TrainingConfig config;
    private final Duration timeout;
    private final List<Finding> findings = new ArrayList<>();

    private KafkaPreflight(TrainingConfig config, Duration timeout) {
        this.config = config;
        this.timeout = timeout;
    }

    /**
     * @param timeout for each question; the first that goes unanswered ends the check
     * @return what was found, in the order of asking; never throws for what a broker says
     */
    public static List<Finding> run(TrainingConfig config, Duration timeout) {
        KafkaPreflight check = new KafkaPreflight(config, timeout);
        try (Admin admin = Admin.create(check.properties())) {
            if (check.brokersAnswer(admin)) check.askAbout(admin);
        } catch (KafkaException e) {
            check.findings.add(Finding.error("brokers", KafkaFailure.explain(e)));
        }
        return List.copyOf(check.findings);
    }

    private Properties properties() {
        Properties properties = config.kafka().admin();
        int millis = Math.toIntExact(timeout.toMillis());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        return properties;
    }

    private boolean brokersAnswer(Admin admin) {
        String subject = "brokers at " + config.kafka().bootstrapServers();
        try {
            int nodes = await(admin.describeCluster().nodes()).size();
            findings.add(Finding.ok(subject, nodes == 1 ? "1 broker answers" : nodes + " brokers answer"));
            return true;
        } catch (ExecutionException | TimeoutException e) {
            findings.add(Finding.error(subject, KafkaFailure.explain(e)));
            return false;
        }
    }

    private void askAbout(Admin admin) {
        List<TopicUse> uses = TopicUse.of(config);
        Map<String, KafkaFuture<TopicDescription>> topics = admin.describeTopics(
                        uses.stream().map(TopicUse::topic).toList(),
                        new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        int partitions = 0;
        for (TopicUse use : uses) {
            try {
                TopicDescription topic = await(topics.get(use.topic()));
                if (config.source().topics().contains(use.topic()))
                    partitions += topic.partitions().size();
                checkRight(use, topic);
                if (use.largestRecord() > 0) checkRecordSize(admin, use);
            } catch (ExecutionException | TimeoutException e) {
                findings.add(Finding.error(use.subject(), absence(use, e)));
            }
        }
        checkWorkers(partitions);
        checkGroup(admin);
    }

    private String absence(TopicUse use, Exception e) {
        if (!KafkaFailure.isMissingTopic(e)) return KafkaFailure.explain(e);
        return "does not exist, or may not be seen. To create it: "
                + use.creation(config.kafka().bootstrapServers());
    }

    private void checkRight(TopicUse use, TopicDescription topic) {
        Set<AclOperation> allowed = topic.authorizedOperations();
        String size = topic.partitions().size() + " partitions";
        String rights = use.rights().stream().map(AclOperation::name).collect(Collectors.joining(" and "));
        if (allowed == null || allowed.containsAll(use.rights()) || allowed.contains(AclOperation.ALL)) {
            findings.add(Finding.ok(use.subject(), size + ", " + rights + " allowed"));
        } else {
            findings.add(Finding.error(
                    use.subject(), "the job needs the right to " + rights + "; grant it with kafka-acls.sh"));
        }
    }

    private void checkRecordSize(Admin admin, TopicUse use) throws ExecutionException, TimeoutException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, use.topic());
        Config topic;
        try {
            topic = await(admin.describeConfigs(List.of(resource)).values().get(resource));
        } catch (ExecutionException e) {
            findings.add(Finding.warning(use.subject(), "its limits could not be read: " + KafkaFailure.explain(e)));
            return;
        }
        int limit =
                Integer.parseInt(topic.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
        if (use.largestRecord() > limit) {
            findings.add(Finding.error(
                    use.subject(),
                    "records of up to " + use.largestRecord() + " bytes do not fit max.message.bytes=" + limit
                            + "; raise it, or lower publish.max-part-bytes or dead-letter.max-value-bytes"));
        }
        Object requests = config.kafka()
                .sink()
                .getOrDefault(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, String.valueOf(KAFKA_MAX_REQUEST_SIZE));
        if (use.largestRecord() > Long.parseLong(requests.toString())) {
            findings.add(Finding.error(
                    use.subject(),
                    "records of up to " + use.largestRecord() + " bytes do not fit the producer's max.request.size="
                            + requests + "; raise kafka.sink.properties.max.request.size"));
        }
        boolean compacted = topic.get(TopicConfig.CLEANUP_POLICY_CONFIG).value().contains("compact");
        if (use.compacted() && !compacted) {
            findings.add(
                    Finding.warning(use.subject(), "is not compacted: the newest manifest will be deleted with age"));
        }
    }

    private void checkWorkers(int partitions) {
        int workers = config.training().workers();
        if (partitions > 0 && workers > partitions) {
            findings.add(Finding.warning(
                    "training.workers",
                    workers + " workers share " + partitions + " partitions: " + (workers - partitions)
                            + " will have nothing to do"));
        }
    }

    private void checkGroup(Admin admin) {
        String group = config.source().groupId();
        try {
            await(admin.describeConsumerGroups(List.of(group), new DescribeConsumerGroupsOptions())
                    .describedGroups()
                    .get(group));
            findings.add(Finding.ok("group " + group, "may be used"));
        } catch (ExecutionException | TimeoutException e) {
            if (KafkaFailure.cause(e) instanceof GroupIdNotFoundException) {
                findings.add(Finding.ok("group " + group, "is new"));
            } else {
                findings.add(Finding.error("group " + group, KafkaFailure.explain(e)));
            }
        }
    }

    private <T> T await(@Nullable KafkaFuture<T> answer) throws ExecutionException, TimeoutException {
        if (answer == null) throw new IllegalStateException("the client answers all that it was asked");
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimeoutException("interrupted");
        }
    }
}
