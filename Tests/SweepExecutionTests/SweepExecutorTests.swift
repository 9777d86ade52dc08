import Synchronization
import Testing
import TrialContract

@testable import SweepExecution

@Suite struct SweepExecutorTests {
    func execute(
        _ plan: FakePlan, _ store: FakeStore, _ options: ExecutionOptions, kernel: FakeKernel = FakeKernel(),
        stop: StopFlag = StopFlag(), observer: (any ProgressObserver)? = nil
    ) throws -> ExecutionSummary {
        try SweepExecutor(plan: plan, kernel: kernel, sink: store, completion: store, options: options)
            .run(stop: stop, observer: observer)
    }

    @Test(arguments: [1, 2, 7], [1, 5, 8, 100])
    func everyTrialIsStoredExactlyOnce(threads: Int, trials: Int) throws {
        for common in [true, false] {
            for window in [1, 7, 4096] {
                for target in [1.0, 1000, 1e7] {
                    var plan = FakePlan(cells: 23, trials: trials)
                    plan.usesCommonRandomNumbers = common
                    plan.excluded = [0, 11, 22]
                    let store = FakeStore(trials: trials)
                    let options = ExecutionOptions(threads: threads, windowCells: window, targetBlockCost: target)
                    let summary = try execute(plan, store, options)
                    #expect(store.complaints(about: plan).isEmpty)
                    #expect(summary.trials == 20 * trials)
                    #expect(summary.diverged == trials / 2)
                    #expect(!summary.wasInterrupted)
                }
            }
        }
    }

    @Test func onlyWhatIsMissingIsRun() throws {
        let plan = FakePlan(cells: 9, trials: 20)
        let done = (0..<9).flatMap { cell in
            (0..<20).filter { ($0 * 7 + cell * 3) % 5 < 2 }.map { FakeStore.Place(cell: cell, trial: $0) }
        }
        let store = FakeStore(trials: 20, done: done)
        let summary = try execute(plan, store, ExecutionOptions(threads: 2))
        #expect(summary.trials == 180 - done.count)
        #expect(store.complaints(about: plan).isEmpty)
        let again = try execute(plan, store, ExecutionOptions(threads: 2))
        #expect(again.blocks == 0)
    }

    @Test func aSweepWithoutCellsIsDone() throws {
        var plan = FakePlan(cells: 4, trials: 3)
        plan.excluded = [0, 1, 2, 3]
        let summary = try execute(plan, FakeStore(trials: 3), ExecutionOptions(threads: 3))
        #expect(summary.trials == 0 && !summary.wasInterrupted)
    }

    @Test(arguments: [1, 2, 7])
    func aRaisedFlagEndsTheRunAndASecondRunCompletesIt(threads: Int) throws {
        let plan = FakePlan(cells: 40, trials: 16)
        let store = FakeStore(trials: 16)
        let stop = StopFlag()
        let calls = Mutex(0)
        let kernel = FakeKernel { _ in
            if calls.withLock({ $0 += 1; return $0 }) == 12 { stop.raise() }
        }
        let options = ExecutionOptions(threads: threads, targetBlockCost: 1)
        let first = try execute(plan, store, options, kernel: kernel, stop: stop)
        #expect(first.wasInterrupted)
        #expect(first.trials < 640)
        #expect(calls.withLock { $0 } < 12 + threads)
        #expect(store.current.values.count == first.trials)
        let second = try execute(plan, store, options)
        #expect(!second.wasInterrupted)
        #expect(first.trials + second.trials == 640)
        #expect(store.complaints(about: plan).isEmpty)
    }

    @Test func aFlagRaisedBeforehandRunsNothing() throws {
        let stop = StopFlag()
        stop.raise()
        let store = FakeStore(trials: 4)
        let summary = try execute(FakePlan(cells: 3, trials: 4), store, ExecutionOptions(threads: 2), stop: stop)
        #expect(summary.wasInterrupted && summary.trials == 0 && store.current.blocks == 0)
    }

    @Test(arguments: [1, 2, 7])
    func anErrorOfTheSinkStopsAllAndIsThrown(threads: Int) {
        let store = FakeStore(trials: 16, failAtBlock: 3)
        let stop = StopFlag()
        #expect(throws: FakeError(text: "disk full")) {
            _ = try execute(
                FakePlan(cells: 60, trials: 16), store, ExecutionOptions(threads: threads, targetBlockCost: 1),
                stop: stop)
        }
        #expect(stop.isRaised)
        #expect(store.current.blocks < 3 + threads)
    }

    @Test func anErrorOfThePlanIsThrown() {
        var plan = FakePlan(cells: 60, trials: 2)
        plan.failingCell = 33
        #expect(throws: FakeError(text: "cell 33")) {
            _ = try execute(plan, FakeStore(trials: 2), ExecutionOptions(threads: 2, windowCells: 8))
        }
    }

    @Test func synchronisingHappensWhileItRunsAndItsErrorIsThrown() {
        let calls = Mutex(0)
        let entered = FakeKernel { _ in
            while calls.withLock({ $0 }) == 0 { _ = 0 }
        }
        let options = ExecutionOptions(threads: 1, progressInterval: 0.001, synchroniseInterval: 0) {
            calls.withLock { $0 += 1 }
            throw FakeError(text: "sync")
        }
        #expect(throws: FakeError(text: "sync")) {
            _ = try execute(FakePlan(cells: 2, trials: 2), FakeStore(trials: 2), options, kernel: entered)
        }
    }

    @Test func theLastReportTellsTheWholeSweep() throws {
        let recorder = Recorder()
        let expected = ExpectedWork(alreadyDone: 10, alreadyDiverged: 1, missing: 80, coordinateSteps: 1)
        let plan = FakePlan(cells: 8, trials: 10)
        let summary = try execute(
            plan, FakeStore(trials: 10), ExecutionOptions(threads: 2, expected: expected), observer: recorder)
        let last = try #require(recorder.latest)
        #expect(last.isFinal)
        #expect(last.doneInTotal == 90 && last.total == 90 && last.divergedInTotal == 6)
        #expect(last.fraction == 1)
        // Cells 0, 3 and 6 have four coordinates; five trials of cell 5 stop after 4 of 10 steps.
        #expect(last.workDone == Double(10 * 10 * (3 * 4 + 5)))
        #expect(summary.coordinateSteps == last.workDone - 5 * 6)
    }

    /// The work that is done is that of all trials of a row, so that the time to go is right; people are told of trials.
    @Test func rowsOfSeveralTrialsCountAsTheirs() throws {
        let recorder = Recorder()
        let expected = ExpectedWork(alreadyDone: 10, alreadyDiverged: 1, missing: 80, coordinateSteps: 2 * 100 * 1700)
        _ = try execute(
            FakePlan(cells: 8, trials: 10), FakeStore(trials: 10), ExecutionOptions(threads: 2, expected: expected, trialsPerRow: 100),
            observer: recorder)
        let last = try #require(recorder.latest)
        #expect(last.workDone == 100 * 1700 && last.trials == 80)
        let told = last.ofTrials(perRow: 100)
        #expect(told.doneInTotal == 9000 && told.total == 9000 && told.divergedInTotal == 600 && told.fraction == 1)
        #expect(told.trialsPerSecond == 8000 / last.elapsed)
    }

    @Test(arguments: [1, 2, 3, 8])
    func shardsTogetherRunEveryTrialOnce(count: Int) throws {
        let plan = FakePlan(cells: 13, trials: 20)
        let store = FakeStore(trials: 20)
        let map = try ShardMap(plan: plan, count: count)
        for index in 0..<count {
            let shard = try #require(Shard(index: index, count: count))
            // Each shard has its own file and knows of nothing but its own trials.
            let file = FakeStore(trials: 20)
            let summary = try execute(plan, file, ExecutionOptions(threads: 2, shard: shard))
            #expect(summary.trials < 260 || count == 1)
            for cell in 0..<13 {
                for run in map.trials(ofCell: cell, in: shard) {
                    #expect(file.current.values[.init(cell: cell, trial: run)] != nil)
                }
            }
            _ = try execute(plan, store, ExecutionOptions(threads: 2, shard: shard))
        }
        #expect(store.complaints(about: plan).isEmpty)
    }
}

/// Remembers the latest snapshot.
final class Recorder: ProgressObserver {
    private let snapshots = Mutex<[ProgressSnapshot]>([])
    var latest: ProgressSnapshot? { snapshots.withLock { $0.last } }
    func update(_ snapshot: ProgressSnapshot) { snapshots.withLock { $0.append(snapshot) } }
}
