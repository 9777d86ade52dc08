/// Every scheduler of `submit --scheduler`: one line adds one.
package enum SchedulerCatalogue {
    package static let all: [any Scheduler] = [
        Slurm(),
        PBS(),
        GridEngine(),
        Kubernetes(),
    ]

    package static func find(_ name: String) -> (any Scheduler)? {
        all.first { $0.name == name }
    }
}
