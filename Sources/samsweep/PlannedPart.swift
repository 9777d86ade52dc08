import ResultStore
import SweepExecution
import SweepPlanning
import TrialContract

extension ShardPart {
    /// A part of a sweep that is cut into parts of equal cost.
    init(_ shard: Shard, of plan: PlannedSweep) throws {
        let map = try ShardMap(plan: plan.stored, count: shard.count)
        self.init(shard) { map.trials(ofCell: $0, in: shard) }
    }
}
