import KernelSelection
import PortableMath
import Testing
import TrialContract

private let start = [0.3, -0.8, 1.1, 0.2, -0.5]
private let optimizers = KernelSelection.catalogue.all(.optimizer).map(\.name)

private func norm(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }

@Test func everyDataProblemIsMade() {
    let names = KernelSelection.catalogue.all(.problem).filter { $0.objective?.takesData == true }.map(\.name)
    #expect(DataCase.all.map(\.problem) == names)
    #expect(Set(names).isSuperset(of: ["logistic", "least-squares"]))
    #expect(Set(DataCase.all.filter(\.hasContinuousCurvature).map(\.problem)).isSuperset(of: ["logistic", "least-squares"]))
}

@Test(arguments: DataCase.all, [0, 1e-7, 1e-3, 0.3, 2, 50])
func valuesOverDataAreTheModels(data: DataCase, scale: Double) throws {
    let kernel = try KernelSelection.kernel()
    let x = zip(data.minimum.minimiser, start).map { $0 + scale * $1 }
    func run(_ learningRate: Double) -> [[Double]] {
        kernel.outcomes(
            data.trialClass(
                "sam", start: .vector(x), statistics: ["suboptimality", "gradient_norm", "distance", "iterate"]),
            [cell(learningRate: learningRate)], trials: 0..<1).values
    }
    let stay = run(1e-300), move = run(1)
    let gradient = data.model.gradient(x)
    for j in 0..<5 { #expect(abs(x[j] - move[3][j] - gradient[j]) < 1e-13 * (1 + norm(gradient) + abs(x[j]))) }
    #expect(abs(stay[1][0] - norm(gradient)) < 1e-13 * (norm(gradient) + 0.01))
    let distance = norm(zip(x, data.minimum.minimiser).map { $0 - $1 })
    #expect(abs(stay[2][0] - distance) < 1e-14 * (distance + 1e-3))
    if scale >= 0.3 {
        let excess = data.model.value(x) - data.minimum.value
        #expect(abs(stay[0][0] - excess) < 1e-11 * excess)
    } else {
        // Close by it is half the Hessian's form; the next term is of relative order |x - x*|.
        let hessian = data.model.hessian(data.minimum.minimiser)
        var form = 0.0
        for j in 0..<5 {
            for k in 0..<5 { form += 0.5 * scale * scale * start[j] * start[k] * hessian[5 * j + k] }
        }
        #expect(abs(stay[0][0] - form) <= (2 * scale + 1e-8) * form)
    }
}

/// Between its two ways of summing, the excess has no seam: third differences of a smooth function are small.
@Test(arguments: DataCase.all.filter(\.hasContinuousCurvature))
func theExcessIsSmoothAcrossItsSeam(data: DataCase) throws {
    let kernel = try KernelSelection.kernel()
    func excess(_ scale: Double) -> Double {
        let x = zip(data.minimum.minimiser, start).map { $0 + scale * $1 }
        return kernel.outcomes(
            data.trialClass("sam", start: .vector(x), statistics: ["suboptimality"]),
            [cell(learningRate: 1e-300)], trials: 0..<1).values[0][0] / (scale * scale)
    }
    // Scores of the examples cross 2^-6 one after the other.
    let values = (0..<200).map { excess(0.004 * PortableMath.exp(0.02 * Double($0))) }
    for i in 0..<197 {
        let third = values[i + 3] - 3 * values[i + 2] + 3 * values[i + 1] - values[i]
        #expect(abs(third) < 1e-6 * values[i], "\(i)")
    }
}

/// A trial replayed by scalars: which examples it takes and what it makes of them.
@Test(arguments: DataCase.all, ["sgd", "m-sam", "n-sam"])
func miniBatchesAreTheDocumentedOnes(data: DataCase, optimizer: String) throws {
    let key: UInt64 = 0x0123_4567_89AB_CDEF, firstTrial = (1 << 33) + 5
    for (batch, replacement) in [(1, true), (7, true), (7, false), (40, false), (60, true)] {
        let columns = try KernelSelection.kernel().outcomes(
            data.trialClass(
                optimizer, batch: batch, replacement: replacement, steps: 6, start: .vector(start),
                statistics: ["iterate"]),
            [cell(learningRate: 0.2, rho: 0.3, key: key)], trials: firstTrial..<firstTrial + 9)
        for trial in 0..<9 {
            var x = start
            for step in 0..<6 {
                func examples(_ isDescent: Bool) -> [Int] {
                    plainBatch(
                        key: key, trial: firstTrial + trial, step: step, isDescent: isDescent, examples: 41,
                        batch: batch, replacement: replacement)
                }
                if !replacement { #expect(Set(examples(true)).count == batch) }
                var y = x
                if optimizer != "sgd" {
                    let g = data.gradient(x, examples: examples(optimizer == "m-sam"))
                    y = zip(x, g).map { $0 + 0.3 * $1 / norm(g) }
                }
                x = zip(x, data.gradient(y, examples: examples(true))).map { $0 - 0.2 * $1 }
            }
            for j in 0..<5 { #expect(abs(columns.values[0][5 * trial + j] - x[j]) < 1e-12) }
        }
    }
}

/// Every example is as likely as the others, with and without replacement.
@Test(arguments: [true, false])
func everyExampleIsEquallyLikely(replacement: Bool) {
    var counts = [Double](repeating: 0, count: 41)
    let steps = 20_000, batch = 7
    for step in 0..<steps {
        for example in plainBatch(
            key: 3, trial: 0, step: step, isDescent: true, examples: 41, batch: batch, replacement: replacement) {
            counts[example] += 1
        }
    }
    let expected = Double(steps * batch) / 41
    let chiSquared = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    #expect(chiSquaredDistribution(chiSquared, degrees: 40) < 0.9999)
}

@Test(arguments: DataCase.all)
func theWholeSetWithoutReplacementIsTheFullGradient(data: DataCase) throws {
    func iterates(_ optimizer: String) throws -> [Double] {
        try KernelSelection.kernel().outcomes(
            data.trialClass(
                optimizer, batch: 41, replacement: false, steps: 30, start: .vector(start), statistics: ["iterate"]),
            [cell(learningRate: 0.2, rho: 0.3)], trials: 0..<8).values[0]
    }
    for (mini, full) in [("m-sam", "sam"), ("n-sam", "sam"), ("m-usam", "usam")] {
        #expect(zip(try iterates(mini), try iterates(full)).allSatisfy { abs($0 - $1) < 1e-12 })
    }
}

private func cells(common: Bool) -> [CellParameters] {
    (0..<3).map {
        cell(learningRate: 0.05 + 0.1 * Double($0), rho: 0.2 * Double($0), noise: 0.1, key: common ? 7 : UInt64($0))
    }
}

@Test(arguments: DataCase.all, optimizers)
func dataProblemsGiveTheSameBits(data: DataCase, optimizer: String) throws {
    let kernels = try allKernels()
    for replacement in [true, false] {
        for common in [true, false] {
            var trialClass = data.trialClass(
                optimizer, replacement: replacement, steps: 41, start: .sphere(1), noise: "gaussian",
                statistics: optimizer == optimizers[0] ? everyStatistic : kernelStatistics)
            trialClass.curve = CurveRequest(steps: [0, 9, 41], quantities: ["suboptimality"])
            let whole = kernels[0].outcomes(trialClass, cells(common: common), trials: 0..<11)
            for kernel in kernels.dropFirst() {
                #expect(sameBits(whole, kernel.outcomes(trialClass, cells(common: common), trials: 0..<11)))
            }
            expectSameBitsForEveryCut(kernels[kernels.count - 1], trialClass, cells(common: common), trials: 11)
            let request = BlockRequest(trialClass: trialClass, cells: cells(common: common), trials: 0..<11)
            let half = try kernels[0].advance(
                request, from: Array(repeating: nil, count: 33), pausingAfter: 10, stop: StopFlag())
            #expect(!half.isComplete)
            let rest = try kernels[0].advance(request, from: half.states, pausingAfter: nil, stop: StopFlag())
            #expect(sameBits(rest.columns, whole))
        }
    }
}

@Test(arguments: DataCase.all, ["n-sam", "m-sam", "n-usam", "m-usam"])
func rhoZeroIsGradientDescentOnData(data: DataCase, optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    let still = [cell(learningRate: 0.3, noise: 0.1), cell(learningRate: 0.1)]
    func outcomes(_ optimizer: String) -> OutcomeColumns {
        kernel.outcomes(
            data.trialClass(optimizer, steps: 50, start: .radius(1), noise: "gaussian", statistics: everyStatistic),
            still, trials: 0..<11)
    }
    #expect(sameBits(outcomes(optimizer), outcomes("sgd")))
}
