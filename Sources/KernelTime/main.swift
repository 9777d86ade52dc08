import Glibc
import KernelSelection
import SweepPlanning
import TrialContract
import WorkerThreads

// KernelTime SWEEP.yaml [THREADS]: seconds that the kernel alone takes for all trials of a sweep, in pieces as summaries ask for
// them, whose outcomes are thrown away. scripts/benchmarks/rowless holds `samsweep run` against it.
let arguments = CommandLine.arguments
guard arguments.count > 1, let threads = arguments.count > 2 ? Int(arguments[2]) : 1, threads > 0 else {
    print("usage: KernelTime SWEEP.yaml [THREADS]")
    exit(64)
}
let plan = try SweepPlanner.load(path: arguments[1], catalogue: KernelSelection.catalogue)
let kernel = try KernelSelection.kernel(nil)
let stop = StopFlag()
var classes: [(trialClass: TrialClass, cells: [CellParameters])] = []
for index in 0..<plan.cellCount {
    guard case .included(let trialClass, let cell) = try plan.cell(at: index) else { continue }
    if let known = classes.firstIndex(where: { $0.trialClass == trialClass }) {
        classes[known].cells.append(cell)
    } else {
        classes.append((trialClass, [cell]))
    }
}
let began = ContinuousClock.now
// Pieces of trials, of which each thread takes those that its number leaves.
let left = Monitor(threads)
for thread in 0..<threads {
    let failure = WorkerThreads.start { [classes, trials = plan.trials] in
        for own in classes {
            let length = max(64, 16_384 / own.cells.count / 8 * 8)
            for first in stride(from: thread * length, to: trials, by: threads * length) {
                let piece = first..<min(first + length, trials)
                _ = kernel.run(BlockRequest(trialClass: own.trialClass, cells: own.cells, trials: piece), stop: stop)
            }
        }
        left.update { $0 -= 1 }
    }
    if failure != 0 { left.update { $0 -= 1 } }
}
left.waitFor { $0 == 0 ? () : nil }
print((ContinuousClock.now - began) / .seconds(1))
