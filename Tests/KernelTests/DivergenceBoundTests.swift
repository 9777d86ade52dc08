import KernelSelection
import Testing
import TrialContract

/// A noisy class whose trials wander, with trajectories at every step and what is recorded besides.
private func wandering(
    _ optimizer: String, dimension: Int, steps: Int = 300, momentum: Double = 0, averaging: Double = 0,
    method: TrialMethod = .full
) -> TrialClass {
    var trialClass = quadratic(
        optimizer, spectrum: spectrum((0..<dimension).map { 0.3 + 0.02 * Double($0) }), steps: steps,
        statistics: method == .full
            ? KernelSelection.catalogue.all(.statistic).map(\.name) : ["distance", "best_distance", "zero_gradients"])
    trialClass.optimizer = ComponentChoice(optimizer, ["momentum": momentum, "averaging": averaging, "theta": 0.4, "stabiliser": 0.01])
    trialClass.method = method
    trialClass.curve = CurveRequest(steps: Array(0...steps), quantities: ["distance_squared", "objective"])
    return trialClass
}

/// The first step at which a trajectory exceeds the bound, read off the same trials without one.
private func firstBeyond(_ columns: OutcomeColumns, _ quantity: Int, row: Int, steps: Int, _ bound: Double) -> Int? {
    (0...steps).first { columns.curves[quantity][row * (steps + 1) + $0] > bound }
}

@Test(arguments: [DivergenceBound.Quantity.distance, .objective])
func trialsDivergeAtTheFirstIterateBeyondTheBound(quantity: DivergenceBound.Quantity) throws {
    let kernel = try KernelSelection.kernel(), cells = [cell(learningRate: 0.5, rho: 0.1, noise: 0.3), cell(learningRate: 0.2, noise: 0.9)]
    let classes = [
        wandering("sgd", dimension: 1), wandering("m-sam", dimension: 1), wandering("n-sam", dimension: 20),
        wandering("vasso", dimension: 3), wandering("m-sam", dimension: 20, momentum: 0.5),
        wandering("n-sam", dimension: 5, momentum: 0.9), wandering("m-sam", dimension: 20, method: .reduced),
    ]
    for trialClass in classes {
        let free = kernel.outcomes(trialClass, cells, trials: 0..<11)
        let place = quantity == .distance ? 0 : 1
        // Exceeded by some trials, in the middle of what they reach.
        let reached = (0..<22).map { free.curves[place][$0 * 301..<($0 + 1) * 301].max()! }.sorted()
        let value = (reached[10] + reached[11]) / 2
        var bounded = trialClass
        bounded.divergedAbove = DivergenceBound(quantity, above: quantity == .distance ? value.squareRoot() : value)
        let found = kernel.outcomes(bounded, cells, trials: 0..<11)
        #expect(found.status.count { $0 == TrialStatus.diverged.rawValue } == 11)
        for row in 0..<22 {
            let first = firstBeyond(free, place, row: row, steps: 300, value)
            #expect(found.status[row] == (first == nil ? TrialStatus.finished : .diverged).rawValue)
            #expect(found.stepsTaken[row] == Int64(first ?? 300))
            // Trajectories are kept up to there.
            for t in 0...300 {
                let before = free.curves[0][row * 301 + t], now = found.curves[0][row * 301 + t]
                #expect(t < first ?? 301 ? now.bitPattern == before.bitPattern : now.isNaN)
            }
            for (values, old) in zip(found.values, free.values) {
                let width = values.count / 22
                for k in row * width..<(row + 1) * width where first == nil {
                    #expect(values[k].bitPattern == old[k].bitPattern, "what did not diverge is the same to the bit")
                }
            }
            if first != nil { #expect(found.values[0][row].isNaN) }
        }
    }
}

@Test func boundsKeepTheirBitsWhateverCutsPausesAndInstructionSets() throws {
    var trialClass = wandering("m-sam", dimension: 3, momentum: 0.7)
    trialClass.curve = CurveRequest(steps: [0, 20, 200, 290], quantities: ["distance_squared"])
    let cells = [cell(learningRate: 0.5, rho: 0.1, noise: 0.3), cell(learningRate: 0.2, noise: 0.9)]
    let kernels = try allKernels()
    // What some trials exceed: farther than where half of them end.
    let ends = kernels[0].outcomes(trialClass, cells, trials: 0..<11).values[trialClass.statistics.firstIndex(of: "tail_distance_max")!]
    trialClass.divergedAbove = DivergenceBound(.distance, above: max(1.01, ends.sorted()[20]))
    let whole = kernels[0].outcomes(trialClass, cells, trials: 0..<11)
    #expect(Set(whole.status).count == 2)
    for kernel in kernels { #expect(sameBits(kernel.outcomes(trialClass, cells, trials: 0..<11), whole)) }
    expectSameBitsForEveryCut(kernels[kernels.count - 1], trialClass, cells, trials: 11)
    let request = BlockRequest(trialClass: trialClass, cells: cells, trials: 0..<11)
    var states: [TrialState?] = Array(repeating: nil, count: 22), columns = whole
    var pauses = 0
    repeat {
        let progress = try kernels[0].advance(request, from: states, pausingAfter: 64, stop: StopFlag())
        (states, columns) = (progress.states, progress.columns)
        pauses += 1
    } while states.contains { $0 != nil }
    #expect(pauses > 1 && sameBits(columns, whole))
}

@Test func aTrialThatBeginsBeyondTheBoundHasTakenNoStep() throws {
    var trialClass = quadratic("sgd", spectrum: spectrum([1]), noise: "none", steps: 10, start: .radius(2))
    trialClass.divergedAbove = DivergenceBound(.distance, above: 1.9)
    let columns = try KernelSelection.kernel().outcomes(trialClass, [cell(learningRate: 0.5)], trials: 0..<1)
    #expect(columns.status == [TrialStatus.diverged.rawValue] && columns.stepsTaken == [0])
    // What is as large as the bound is not above it.
    trialClass.divergedAbove = DivergenceBound(.distance, above: 2)
    #expect(try KernelSelection.kernel().outcomes(trialClass, [cell(learningRate: 0.5)], trials: 0..<1).stepsTaken == [10])
}

/// An average hides where the iterate itself has been.
@Test func averagesAreJudgedByTheIterateItself() throws {
    // x_t = (-1.5)^t: the mean of the last tenth is small beside it.
    var trialClass = quadratic("sgd", spectrum: spectrum([1]), noise: "none", steps: 20)
    trialClass.optimizer = ComponentChoice("sgd", ["averaging": 1])
    trialClass.divergedAbove = DivergenceBound(.distance, above: 100)
    let columns = try KernelSelection.kernel().outcomes(trialClass, [cell(learningRate: 2.5)], trials: 0..<1)
    // 1.5^12 = 129.7, 1.5^11 = 86.5.
    #expect(columns.stepsTaken == [12])
}

@Test func theCatalogueKnowsTheGradientsOfAStep() {
    let known = KernelSelection.catalogue.gradientsPerStep
    #expect(Set(known.keys) == Set(KernelSelection.catalogue.all(.optimizer).map(\.name)))
    for (name, count) in known { #expect(count == (name == "sgd" ? 1 : 2), "\(name)") }
}
