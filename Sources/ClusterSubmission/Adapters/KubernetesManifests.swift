/// The Jobs of `Kubernetes`, as YAML.
extension Kubernetes {
    /// Exit codes that stay the same however often one tries: wrong use, a bad sweep or file, a foreign output.
    private static let hopeless = [64, 65, 66, 73]

    func shardsManifest(_ submission: Submission, _ container: Submission.Container) -> String {
        let tasks = submission.packing.tasks
        return """
            # Computes the shards of the sweep, one task per index. Every `kubectl create` makes a Job of its own.
            apiVersion: batch/v1
            kind: Job
            metadata:
              generateName: \(Self.jobName(submission.name))-shards-
            spec:
              completionMode: Indexed
              completions: \(tasks)
              parallelism: \(min(tasks, submission.concurrentTasks ?? tasks))
              # A task that was stopped, or failed, is started again so many times.
              backoffLimitPerIndex: \(submission.requeues)
              podFailurePolicy:
                rules:
                  - action: FailIndex
                    onExitCodes:
                      containerName: samsweep
                      operator: In
                      values: \(Self.hopeless)
                  # Drained nodes and evictions do not count.
                  - action: Ignore
                    onPodConditions:
                      - type: DisruptionTarget
                        status: "True"
              template:
            \(pod(submission, container, script: "shards.sh", memory: submission.resources.memory))
            """
    }

    func mergeManifest(_ submission: Submission, _ container: Submission.Container) -> String {
        """
        # Waits for the shards, merges them and fits. What was missing may have come when it is started again.
        apiVersion: batch/v1
        kind: Job
        metadata:
          generateName: \(Self.jobName(submission.name))-merge-
        spec:
          backoffLimit: 6
          template:
        \(pod(submission, container, script: "merge.sh", memory: submission.mergeMemory))
        """
    }

    /// The pod's template, indented to stand below `template:`.
    private func pod(
        _ submission: Submission, _ container: Submission.Container, script: String, memory: MemorySize
    ) -> String {
        """
            spec:
              restartPolicy: Never
              containers:
                - name: samsweep
                  image: \(Quoting.yaml(container.image))
                  command: ["/bin/bash", \(Quoting.yaml(Self.argument("\(submission.folder)/\(script)")))]
                  resources:
                    requests:
                      cpu: \(submission.resources.cores)
                      memory: \(memory.mebibytes)Mi
                    limits:
                      cpu: \(submission.resources.cores)
                      memory: \(memory.mebibytes)Mi
                  volumeMounts:
                    - name: results
                      mountPath: \(Quoting.yaml(container.mountPath))
              volumes:
                - name: results
                  persistentVolumeClaim:
                    claimName: \(Quoting.yaml(container.volumeClaim))

        """
    }

    /// A word of a container's command, in which `$(NAME)` is a variable and `$$` a dollar sign.
    private static func argument(_ text: String) -> String { text.replacing("$", with: "$$") }

    /// Short enough for a pod's host name, which adds the index; neither end is a hyphen.
    private static func jobName(_ name: String) -> String {
        let trimmed = name.prefix(36).drop { $0 == "-" }
        let end = trimmed.lastIndex { $0 != "-" }
        return end.map { String(trimmed[...$0]) } ?? "sweep"
    }
}
