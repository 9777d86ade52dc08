/// Every scheduler of `submit --scheduler`: one line adds one.
public enum SchedulerCatalogue {
    public static let all: [any Scheduler] = [
        Slurm(),
        PBS(),
        GridEngine(),
        Kubernetes(),
    ]

    public static func find(_ name: String) -> (any Scheduler)? {
        all.first { $0.name == name }
    }
}
