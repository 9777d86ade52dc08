import KernelSelection
import VectorKernelsBaseline
import TrialContract

/// Every instruction set this processor runs, with its kernels.
func allKernels() throws -> [any TrialKernel] { try KernelSelection.available.map { try KernelSelection.kernel($0) } }

/// What can be recorded of a trial.
let everyStatistic = KernelSelection.catalogue.all(.statistic).map(\.name)
/// Without what is measured of the last iterate when the trial has ended: measuring takes far longer than a short trial, and
/// depends on nothing but the iterate.
let kernelStatistics = VectorKernelsBaseline.Catalogue.descriptions.all(.statistic).map(\.name)

func spectrum(_ values: [Double]) -> Spectrum { Spectrum(blocks: values.map { EigenBlock(value: $0, multiplicity: 1) }) }

func quadratic(
    _ optimizer: String, spectrum: Spectrum, noise: String = "gaussian", noiseParameters: [String: Double] = [:],
    precision: NoisePrecision = .double, steps: Int, start: StartPoint = .radius(1),
    learningRateSchedule: ComponentChoice = ComponentChoice("constant"),
    rhoSchedule: ComponentChoice = ComponentChoice("constant"), statistics: [String] = ["distance"]
) -> TrialClass {
    TrialClass(
        optimizer: ComponentChoice(optimizer), problem: ComponentChoice("quadratic"), spectrum: spectrum,
        noiseModel: ComponentChoice(noise, noiseParameters), noisePrecision: precision,
        learningRateSchedule: learningRateSchedule, rhoSchedule: rhoSchedule, steps: steps, start: start,
        statistics: statistics)
}

extension TrialKernel {
    /// Runs a block that nobody stops.
    func outcomes(_ trialClass: TrialClass, _ cells: [CellParameters], trials: Range<Int>) -> OutcomeColumns {
        guard let columns = run(
            BlockRequest(trialClass: trialClass, cells: cells, trials: trials), stop: StopFlag())
        else { preconditionFailure("nobody raised the flag") }
        return columns
    }
}

/// Equal as bits, NaN included.
func sameBits(_ a: OutcomeColumns, _ b: OutcomeColumns) -> Bool {
    a.status == b.status && a.stepsTaken == b.stepsTaken
        && a.values.map { $0.map(\.bitPattern) } == b.values.map { $0.map(\.bitPattern) }
        && a.curves.map { $0.map(\.bitPattern) } == b.curves.map { $0.map(\.bitPattern) }
}
