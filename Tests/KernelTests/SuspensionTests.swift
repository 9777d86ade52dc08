import Dispatch
import KernelSelection
import Testing
import TrialContract

private let everyCurve = CurveRequest(
    steps: [0, 1, 2, 77, 300, 511, 700, 701], quantities: KernelSelection.catalogue.all(.curveQuantity).map(\.name))

/// Every optimizer on every problem known coordinate by coordinate, with everything recorded.
private let classes: [TrialClass] = {
    var seen: Set<String> = []
    let problems = ProblemCase.all.filter { seen.insert($0.name).inserted }
    return problems.flatMap { problem in
        KernelSelection.catalogue.all(.optimizer).enumerated().map { index, optimizer in
            var trialClass = problem.trialClass(
                optimizer.name, steps: 701, start: .radius(problem.scale), statistics: everyStatistic)
            trialClass.noiseModel = ComponentChoice("gaussian")
            trialClass.noisePrecision = index % 2 == 0 ? .double : .single
            trialClass.curve = everyCurve
            trialClass.optimizer = ComponentChoice(
                optimizer.name, ["momentum": index % 3 == 0 ? 0.5 : 0, "averaging": index % 4 == 0 ? 0.7 : 0])
            if index % 2 == 1 {
                trialClass.learningRateSchedule = ComponentChoice("inverse-time", ["offset": 3])
                trialClass.rhoSchedule = ComponentChoice("power", ["exponent": 0.5])
            }
            return trialClass
        }
    }
}()

private func cells(_ trialClass: TrialClass, common: Bool) -> [CellParameters] {
    let scale = trialClass.problem.parameters["rho0"] ?? 1
    return (0..<3).map {
        cell(
            learningRate: 0.02 + 0.3 * Double($0), rho: 0.3 * scale * Double($0), noise: 0.1 * scale,
            key: common ? 6 : UInt64($0))
    }
}

/// Runs a block in pieces of about `piece` steps.
private func inPieces(
    _ kernel: any TrialKernel, _ request: BlockRequest, piece: Int
) throws -> (columns: OutcomeColumns, pauses: Int) {
    var states = [TrialState?](repeating: nil, count: request.trialCount)
    for pauses in 0..<1000 {
        let progress = try kernel.advance(request, from: states, pausingAfter: piece, stop: StopFlag())
        if progress.isComplete { return (progress.columns, pauses) }
        states = progress.states
    }
    preconditionFailure("the block did not end")
}

@Test(arguments: [false, true])
func pausedTrialsEndWithTheSameBits(common: Bool) throws {
    let kernel = try KernelSelection.kernel()
    var pauses = 0
    for trialClass in classes {
        let request = BlockRequest(
            trialClass: trialClass, cells: cells(trialClass, common: common), trials: 4..<15)
        let whole = kernel.outcomes(trialClass, request.cells, trials: request.trials)
        let (columns, count) = try inPieces(kernel, request, piece: 200)
        pauses += count
        #expect(sameBits(columns, whole), "\(trialClass.optimizer.name) on \(trialClass.problem.name)")
    }
    #expect(pauses >= classes.count)
}

@Test func trialsThatStandAtDifferentStepsGoOnTogether() throws {
    let kernel = try KernelSelection.kernel()
    for trialClass in classes.prefix(9) {
        let request = BlockRequest(trialClass: trialClass, cells: cells(trialClass, common: true), trials: 4..<15)
        let whole = kernel.outcomes(trialClass, request.cells, trials: request.trials)
        var states = [TrialState?](repeating: nil, count: request.trialCount)
        // Every trial has been alone for a while, and each for another one.
        for row in 0..<request.trialCount where row % 3 != 0 {
            let trial = request.trials.lowerBound + row % 11
            let alone = BlockRequest(
                trialClass: trialClass, cells: [request.cells[row / 11]], trials: trial..<trial + 1)
            states[row] = try kernel.advance(
                alone, from: [nil], pausingAfter: 1 + 250 * (row % 3 - 1), stop: StopFlag()).states[0]
        }
        #expect(Set(states.map { $0?.step ?? 0 }).count > 1)
        let progress = try kernel.advance(request, from: states, pausingAfter: nil, stop: StopFlag())
        #expect(progress.isComplete && progress.states.allSatisfy { $0 == nil })
        #expect(sameBits(progress.columns, whole), "\(trialClass.optimizer.name)")
    }
}

/// The state may go on with another instruction set.
@Test func statesMoveBetweenInstructionSets() throws {
    let kernels = try allKernels()
    for trialClass in classes {
        let request = BlockRequest(trialClass: trialClass, cells: cells(trialClass, common: true), trials: 0..<9)
        let whole = kernels[0].outcomes(trialClass, request.cells, trials: request.trials)
        var states = [TrialState?](repeating: nil, count: request.trialCount)
        var turn = 0
        while true {
            let progress = try kernels[turn % kernels.count].advance(
                request, from: states, pausingAfter: 256, stop: StopFlag())
            if progress.isComplete {
                #expect(sameBits(progress.columns, whole))
                break
            }
            states = progress.states
            turn += 1
        }
    }
}

@Test func blockNormsAndManyCoordinatesAreSuspendedToo() throws {
    let kernel = try KernelSelection.kernel()
    let spectrum = Spectrum(blocks: [
        EigenBlock(value: 0.5, multiplicity: 30), EigenBlock(value: 1, multiplicity: 50),
    ])
    for method in TrialMethod.allCases {
        for optimizer in ["n-sam", "vasso"] where method == .full || optimizer == "n-sam" {
            var trialClass = quadratic(
                optimizer, spectrum: spectrum, steps: 701, start: .sphere(1),
                statistics: everyStatistic.filter { $0 != "iterate" })
            trialClass.method = method
            trialClass.curve = everyCurve
            let request = BlockRequest(trialClass: trialClass, cells: cells(trialClass, common: false), trials: 0..<9)
            let whole = kernel.outcomes(trialClass, request.cells, trials: request.trials)
            let (columns, pauses) = try inPieces(kernel, request, piece: 100)
            #expect(pauses > 2)
            #expect(sameBits(columns, whole))
        }
    }
}

@Test func aRaisedFlagHandsOutStates() throws {
    let kernel = try KernelSelection.kernel()
    let trialClass = quadratic("m-sam", spectrum: spectrum([0.5, 1, 2]), steps: 2_000_000)
    let request = BlockRequest(
        trialClass: trialClass, cells: [cell(learningRate: 0.01, rho: 0.1, noise: 0.3)], trials: 0..<8)
    let whole = kernel.outcomes(trialClass, request.cells, trials: request.trials)
    // A flag that is raised already: the trials stand where they stood.
    let none = [TrialState?](repeating: nil, count: 8)
    var states = try kernel.advance(request, from: none, pausingAfter: 1000, stop: StopFlag()).states
    let raised = StopFlag()
    raised.raise()
    let halted = try kernel.advance(request, from: states, pausingAfter: nil, stop: raised)
    #expect(halted.states == states && states.allSatisfy { $0 != nil })
    // One that is raised on the way, if it comes in time.
    var delay = 20
    while true {
        let stop = StopFlag()
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(delay)) { stop.raise() }
        let progress = try kernel.advance(request, from: states, pausingAfter: nil, stop: stop)
        if progress.isComplete {
            #expect(sameBits(progress.columns, whole))
            return
        }
        #expect(progress.columns.status.allSatisfy { $0 == TrialStatus.missing.rawValue })
        states = progress.states
        delay = min(2 * delay, 5000)
    }
}

/// Finished batches of a stopped block keep their outcomes, and what was not begun has no state.
@Test func anUntouchedTrialHasNoState() throws {
    let kernel = try KernelSelection.kernel()
    let trialClass = quadratic("m-sam", spectrum: spectrum([1]), steps: 100)
    let request = BlockRequest(
        trialClass: trialClass, cells: [cell(learningRate: 0.1, rho: 0.1, noise: 0.3)], trials: 0..<8)
    let stop = StopFlag()
    stop.raise()
    let progress = try kernel.advance(
        request, from: Array(repeating: nil, count: 8), pausingAfter: nil, stop: stop)
    #expect(!progress.isComplete && progress.states.allSatisfy { $0 == nil })
}

/// A state's 64-bit words, low byte first.
private func words(_ state: TrialState) -> [UInt64] {
    stride(from: 0, to: state.bytes.count, by: 8).map { (start: Int) -> UInt64 in
        state.bytes[start..<start + 8].reversed().reduce(0) { (word: UInt64, byte: UInt8) -> UInt64 in word << 8 | UInt64(byte) }
    }
}

/// Later programs go on from what earlier ones kept: behind the version, the step and the number of values stand the step of the
/// divergence, the zero gradients and the iterate, which is where a shorter trial ends.
@Test(arguments: ["sgd", "vasso"]) func statesHaveTheirValuesInOrder(optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    func trialClass(_ steps: Int) -> TrialClass {
        quadratic(optimizer, spectrum: spectrum([1, 2, 3]), steps: steps, statistics: ["tail_distance_max", "iterate"])
    }
    let cells = [cell(learningRate: 0.1, rho: 0.1, noise: 0.3)]
    let request = BlockRequest(trialClass: trialClass(1000), cells: cells, trials: 0..<1)
    let state = try #require(try kernel.advance(request, from: [nil], pausingAfter: 300, stop: StopFlag()).states[0])
    let kept = words(state)
    let values = kept[3...].map(Double.init(bitPattern:))
    #expect(kept[0] == UInt64(1 << 32 | KernelSelection.catalogue.kernelRevision) && kept[1] == UInt64(state.step))
    #expect(kept[2] == UInt64(values.count - 1) && values[0] == .infinity && values[1] == 0)
    #expect(Array(values[2..<5]) == kernel.outcomes(trialClass(state.step), cells, trials: 0..<1).values[1])
}

@Test func damagedAndForeignStatesAreRefused() throws {
    let kernel = try KernelSelection.kernel()
    let trialClass = quadratic("m-sam", spectrum: spectrum([1, 2]), steps: 1000)
    let request = BlockRequest(
        trialClass: trialClass, cells: [cell(learningRate: 0.1, rho: 0.1, noise: 0.3)], trials: 0..<1)
    let state = try #require(
        try kernel.advance(request, from: [nil], pausingAfter: 300, stop: StopFlag()).states[0])
    func advance(_ bytes: [UInt8], step: Int? = nil, of other: TrialClass? = nil) throws {
        let request = BlockRequest(trialClass: other ?? trialClass, cells: request.cells, trials: 0..<1)
        _ = try kernel.advance(
            request, from: [TrialState(step: step ?? state.step, bytes: bytes)], pausingAfter: nil, stop: StopFlag())
    }
    try advance(state.bytes)
    for index in state.bytes.indices {
        var bytes = state.bytes
        bytes[index] ^= 0x10
        #expect(throws: TrialStateError.self, "byte \(index)") { try advance(bytes) }
    }
    #expect(throws: TrialStateError.self) { try advance(Array(state.bytes.dropLast(8))) }
    #expect(throws: TrialStateError.self) { try advance(Array(state.bytes.dropLast(3))) }
    #expect(throws: TrialStateError.self) { try advance([]) }
    #expect(throws: TrialStateError.self) { try advance(state.bytes, step: state.step + 2) }
    #expect(throws: TrialStateError.self) {
        try advance(state.bytes, of: quadratic("m-sam", spectrum: spectrum([1, 2, 3]), steps: 1000))
    }
    // With a checksum that is right: where a trial cannot stand, and counts that are none.
    func forged(_ change: (inout [UInt64]) -> Void) -> [UInt8] {
        var kept = Array(words(state).dropLast())
        change(&kept)
        kept.append(kept.reduce(0xCBF2_9CE4_8422_2325) { (hash: UInt64, word: UInt64) -> UInt64 in
            let mixed = (hash ^ word) &* 0x0000_0100_0000_01B3
            return mixed ^ (mixed >> 29)
        })
        return kept.flatMap { (word: UInt64) -> [UInt8] in
            (0..<8).map { (byte: Int) -> UInt8 in UInt8(truncatingIfNeeded: word >> UInt64(8 * byte)) }
        }
    }
    #expect(forged { _ in } == state.bytes)
    for step in [1, 301, 1000, 1002, 1 << 40, Int.max - 1] {
        #expect(throws: TrialStateError.self, "step \(step)") { try advance(forged { $0[1] = UInt64(step) }, step: step) }
    }
    for word in [3, 4] {
        for number in [-1, 0.5, 1e300, .nan] + (word == 4 ? [.infinity] : [1001]) {
            #expect(throws: TrialStateError.self, "word \(word): \(number)") { try advance(forged { $0[word] = number.bitPattern }) }
        }
    }
    var newer = state.bytes
    newer[4] = 9
    #expect(throws: TrialStateError.foreign(
        found: "format 9 of kernel revision \(KernelSelection.catalogue.kernelRevision)",
        expected: "format 1 of kernel revision \(KernelSelection.catalogue.kernelRevision)")) { try advance(newer) }
}
