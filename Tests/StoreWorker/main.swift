// A run without kernels, to be killed: store-worker RESULT SEED LONGEST_BLOCK PAUSE_IN_MICROSECONDS [curves]
//
// Stores everything missing of a fake sweep in blocks of random sizes and in random order from two threads, and prints
// a line with the number of trials after each block. `bench` instead of a path: see Bench.swift.

import Dispatch
import Glibc
import ResultStore
import StoreFixtures
import Synchronization
import TrialContract

let arguments = CommandLine.arguments
if arguments.count == 6, arguments[1] == "bench", let cells = Int(arguments[3]), let trials = Int(arguments[4]) {
    if let trialsPerBlock = Int(arguments[5]) {
        try Bench.run(folder: arguments[2], cells: cells, trials: trials, trialsPerBlock: trialsPerBlock)
    } else {
        try Bench.merge(folder: arguments[2], cells: cells, trials: trials)
    }
    exit(0)
}
guard [5, 6].contains(arguments.count), let seed = UInt64(arguments[2]), let longest = Int(arguments[3]),
    let pause = UInt32(arguments[4])
else { exit(64) }
// A limit on the file's size then shows as an error of the write.
signal(SIGXFSZ, SIG_IGN)

do {
    let plan = arguments.last == "curves" ? FakePlan.largeWithCurves : FakePlan.large
    let writer = try ResultWriter.open(path: arguments[1], plan: plan, provenance: .test)
    let blocks = Mutex(try WorkList.blocks(plan, writer, seed: seed, longest: longest))
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
        while let block = blocks.withLock({ $0.popLast() }), failure.withLock({ $0 == nil }) {
            usleep(pause)
            do {
                try writer.store(plan.block(cells: block.cells, trials: block.trials))
                let line = Array("\(block.cells.count * block.trials.count)\n".utf8)
                _ = write(1, line, line.count)
            } catch {
                failure.withLock { $0 = error }
            }
        }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    let counts = try writer.finish()
    exit(counts.missing == 0 ? 0 : 1)
} catch {
    let line = Array("\(error)\n".utf8)
    _ = write(2, line, line.count)
    exit(74)
}
