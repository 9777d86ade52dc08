import ClusterSubmission
import ResultStore
import SweepPlanning
import TrialContract

/// The minimum of a problem over data, found once for all tasks of a submission.
///
/// A result says where its problem is smallest, and a run looks for that in the results beside its own before it searches. So the
/// first shard's result is made when the sweep is submitted, still without trials, as a run leaves it that is stopped at once: the
/// task of that shard goes on with it, and every other one reads it.
enum SharedMinimum {
    /// Where the sweep has no data, or the shard's result is there, nothing is done. So nothing is where it cannot be made: that costs
    /// the tasks their time, and whatever stands in the way will be told by the one whose file it is.
    ///
    /// - Parameters:
    ///   - plan: of the sweep in the folder.
    ///   - round: the round that the shards are parts of; `nil`: they are parts of the sweep.
    static func layDown(_ plan: PlannedSweep, in folder: SubmissionFolder, shards: Int, round: RoundOrder? = nil) {
        let path = "\(folder.path)/shards/shard-0-of-\(shards).h5"
        guard plan.knownMinimum != nil, let first = Shard(index: 0, count: shards), (try? ResultReader.open(path)) == nil else { return }
        guard let own = try? round?.plan(of: plan, Submission.roundName) ?? plan else { return }
        _ = try? ResultWriter.open(
            path: path, plan: own.stored,
            provenance: .current(SweepLoading.source("\(folder.path)/sweep.yaml", overrides: [])),
            shard: round?.part(first, own) ?? ShardPart(first, of: plan), rounds: [round?.sentence].compactMap(\.self)
        ).finish(isLast: round == nil)
    }
}
