import KernelSelection
import Testing
import TrialContract

private let optimizers = KernelSelection.catalogue.all(.optimizer).map(\.name)
private let noises = KernelSelection.catalogue.all(.noiseModel).map(\.name)

/// Cells that differ in everything a cell can differ in; keys shared or all different.
private func cells(_ count: Int, common: Bool) -> [CellParameters] {
    (0..<count).map { (i: Int) -> CellParameters in
        let rho: Double = i % 3 == 0 ? 0 : 0.1 * Double(i)
        let key: UInt64 = common ? 7 : UInt64(7 + i)
        return CellParameters(
            learningRate: 0.05 + 0.01 * Double(i), rho: rho, noisePerCoordinate: 0.3, streamKey: key)
    }
}

private func someClass(
    _ optimizer: String, _ noise: String, dimension: Int, precision: NoisePrecision, steps: Int = 13,
    statistics: [String] = everyStatistic
) -> TrialClass {
    quadratic(
        optimizer, spectrum: spectrum((0..<dimension).map { 0.2 + 0.1 * Double($0) }), noise: noise,
        noiseParameters: noise == "skewed-two-point" ? ["q": 0.25] : [:], precision: precision, steps: steps,
        start: dimension == 3 ? .sphere(2) : .radius(1),
        learningRateSchedule: dimension == 5 ? ComponentChoice("inverse-time", ["offset": 3]) : ComponentChoice("constant"),
        rhoSchedule: dimension == 5 ? ComponentChoice("power", ["exponent": 0.5]) : ComponentChoice("constant"),
        statistics: statistics)
}

@Test(arguments: optimizers, noises)
func everyInstructionSetGivesTheSameBits(optimizer: String, noise: String) throws {
    let kernels = try allKernels()
    for dimension in noise == "skewed-two-point" ? [1] : [1, 3, 5, 40] {
        for precision in NoisePrecision.allCases {
            let trialClass = someClass(
                optimizer, noise, dimension: dimension, precision: precision,
                statistics: optimizer == optimizers[0] ? everyStatistic : kernelStatistics)
            let reference = kernels[0].outcomes(trialClass, cells(4, common: true), trials: 3..<14)
            for kernel in kernels.dropFirst() {
                let other = kernel.outcomes(trialClass, cells(4, common: true), trials: 3..<14)
                #expect(sameBits(reference, other), "\(kernel.instructionSet) differs, d = \(dimension), \(precision)")
            }
        }
    }
}

@Test(arguments: optimizers, noises)
func everyCutIntoBlocksGivesTheSameBits(optimizer: String, noise: String) throws {
    let kernel = try KernelSelection.kernel()
    for dimension in noise == "skewed-two-point" ? [1] : [1, 3, 5, 40] {
        for (precision, common) in [(NoisePrecision.double, true), (.single, true), (.double, false)] {
            let trialClass = someClass(
                optimizer, noise, dimension: dimension, precision: precision, steps: 21,
                statistics: optimizer == optimizers[0] ? everyStatistic : kernelStatistics)
            let all = cells(6, common: common)
            let whole = kernel.outcomes(trialClass, all, trials: 0..<19)
            for (c, cell) in all.enumerated() {
                for (start, end) in [(0, 1), (1, 9), (9, 19)] {
                    let part = kernel.outcomes(trialClass, [cell], trials: start..<end)
                    for trial in start..<end {
                        let row = c * 19 + trial, partRow = trial - start
                        #expect(whole.status[row] == part.status[partRow])
                        for (s, column) in whole.values.enumerated() {
                            let width = column.count / whole.status.count
                            for k in 0..<width {
                                #expect(column[row * width + k].bitPattern
                                    == part.values[s][partRow * width + k].bitPattern)
                            }
                        }
                    }
                }
            }
        }
    }
}

@Test(arguments: ["n-sam", "m-sam", "n-usam", "m-usam"], ["gaussian", "rademacher", "sphere"])
func rhoZeroIsGradientDescentToTheBit(optimizer: String, noise: String) throws {
    let kernel = try KernelSelection.kernel()
    for dimension in [1, 2, 40] {
        let still = cells(3, common: true).map { cell in
            var cell = cell
            cell.rho = 0
            return cell
        }
        let variant = someClass(optimizer, noise, dimension: dimension, precision: .double, steps: 50)
        var plain = someClass("sgd", noise, dimension: dimension, precision: .double, steps: 50)
        plain.statistics = variant.statistics
        #expect(sameBits(
            kernel.outcomes(variant, still, trials: 0..<11), kernel.outcomes(plain, still, trials: 0..<11)))
    }
}

@Test(arguments: ["sam", "usam"])
func fullGradientVariantsIgnoreNoise(optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    for dimension in [1, 2, 40] {
        var still = cells(1, common: true)[0]
        still.rho = 0
        var quiet = still
        quiet.noisePerCoordinate = 0
        let variant = someClass(optimizer, "gaussian", dimension: dimension, precision: .double, steps: 50)
        var plain = someClass("sgd", "gaussian", dimension: dimension, precision: .double, steps: 50)
        plain.statistics = variant.statistics
        #expect(sameBits(
            kernel.outcomes(variant, [still], trials: 0..<5), kernel.outcomes(plain, [quiet], trials: 0..<5)))
    }
}
