import KernelSelection
import Testing
import TrialContract

private let quantities = ["distance_squared", "suboptimality", "gradient_norm_squared"]

@Test func curvesHoldThePathAtTheirSteps() throws {
    let kernel = try KernelSelection.kernel()
    let steps = [0, 1, 3, 10, 255, 256, 257, 600]
    for dimension in [1, 20] {
        var trialClass = quadratic(
            "m-sam", spectrum: spectrum((0..<dimension).map { 0.1 + 0.05 * Double($0) }), steps: 600)
        trialClass.curve = CurveRequest(steps: steps, quantities: quantities)
        let values = cell(learningRate: 0.3, rho: 0.2, noise: 0.1)
        let curves = kernel.outcomes(trialClass, [values, values], trials: 3..<16).curves
        #expect(curves.map(\.count) == Array(repeating: 26 * steps.count, count: 3))
        for (p, step) in steps.enumerated() where step > 0 {
            // The same trials, ended there.
            let short = quadratic(
                "m-sam", spectrum: trialClass.spectrum, steps: step,
                statistics: ["distance", "suboptimality", "gradient_norm"])
            let ends = kernel.outcomes(short, [values, values], trials: 3..<16).values
            for row in 0..<26 {
                let place = row * steps.count + p
                #expect(abs(curves[0][place] - ends[0][row] * ends[0][row]) < 1e-14 * curves[0][place])
                #expect(curves[1][place] == ends[1][row])
                #expect(abs(curves[2][place] - ends[2][row] * ends[2][row]) < 1e-14 * curves[2][place])
            }
        }
        #expect(abs(curves[0][0] - 1) < 1e-15)
    }
}

@Test func curvesChangeNothingElseAndKeepTheirBits() throws {
    let statistics = KernelSelection.catalogue.all(.statistic).map(\.name)
    for optimizer in ["n-sam", "vasso"] {
        for dimension in [1, 20] {
            var trialClass = quadratic(
                optimizer, spectrum: spectrum((0..<dimension).map { 0.1 + 0.05 * Double($0) }), steps: 300,
                statistics: statistics)
            let cells = (0..<3).map { cell(learningRate: 0.3, rho: 0.2 * Double($0), noise: 0.1) }
            let plain = try KernelSelection.kernel().outcomes(trialClass, cells, trials: 0..<11)
            trialClass.curve = CurveRequest(steps: [2, 50, 300], quantities: quantities)
            let kernels = try allKernels()
            let whole = kernels[0].outcomes(trialClass, cells, trials: 0..<11)
            var bare = whole
            bare.curves = []
            #expect(sameBits(bare, plain))
            for kernel in kernels { #expect(sameBits(kernel.outcomes(trialClass, cells, trials: 0..<11), whole)) }
            expectSameBitsForEveryCut(kernels[kernels.count - 1], trialClass, cells, trials: 11)
        }
    }
}

@Test func aDivergedTrialKeepsThePointsBefore() throws {
    // x_t = (-2)^t: |x_t|^2 is finite up to t = 511.
    var trialClass = quadratic("sgd", spectrum: spectrum([1]), noise: "none", steps: 1000)
    trialClass.curve = CurveRequest(steps: [0, 10, 511, 512, 1000], quantities: ["distance_squared"])
    let columns = try KernelSelection.kernel().outcomes(trialClass, [cell(learningRate: 3)], trials: 0..<2)
    for row in 0..<2 {
        let points = Array(columns.curves[0][row * 5..<row * 5 + 5])
        #expect(points[0] == 1 && points[1] == 1_048_576 && points[2] == 0x1p1022)
        #expect(points[3].isNaN && points[4].isNaN)
    }
}

@Test func summariesMatchPublishedDefinitions() {
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [.05, .25, .5, .75, .95])
    let summary = CurveSummary([3, 1, .nan, 4, 1, 5, 9, 2, 6])
    #expect(summary.count == 8)
    #expect(summary.mean == 3.875)
    #expect(summary.median == 3.5)
    for (value, expected) in zip(summary.quantiles, [1, 1.75, 3.5, 5.25, 7.95]) { #expect(abs(value - expected) < 1e-14) }
    // s^2 = 7.553571428571429, divided by 8.
    #expect(abs(summary.standardError - (7.553571428571429 / 8).squareRoot()) < 1e-15)
    #expect(CurveSummary([]).mean.isNaN && CurveSummary([]).median.isNaN)
    #expect(CurveSummary([2]).mean == 2 && CurveSummary([2]).standardError.isNaN && CurveSummary([2]).median == 2)
}
