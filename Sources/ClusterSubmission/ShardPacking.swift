/// How shards are packed into the tasks of an array, of which a site allows only so many.
///
/// Task t computes the shards t, t + tasks, t + 2 tasks … below `shards`. Every task but the last few gets the same
/// number of shards, and no more tasks are made than that takes.
package struct ShardPacking: Sendable, Hashable {
    /// At least 1.
    package let shards: Int
    /// 1 … shards.
    package let tasks: Int

    /// - Parameters:
    ///   - shards: parts of the sweep, at least 1.
    ///   - mostTasks: tasks that one array may have, at least 1.
    package init(shards: Int, mostTasks: Int) {
        precondition(shards >= 1 && mostTasks >= 1)
        self.shards = shards
        let each = (shards - 1) / mostTasks + 1
        tasks = (shards - 1) / each + 1
    }

    /// The most shards that a task has.
    package var shardsPerTask: Int { (shards - 1) / tasks + 1 }

    package func shards(ofTask task: Int) -> [Int] {
        Array(stride(from: task, to: shards, by: tasks))
    }
}
