import TrialContract

/// A law of unit noise: mean 0 and variance 1 in each coordinate. It is written at the scale asked for.
///
/// A new law is a file with a type of this kind and one line in `Catalogue.swift`.
protocol NoiseModel: Sendable {
    static var description: ComponentDescription { get }
    /// How many steps one draw serves. Noise is filled for whole units of this many steps.
    var stepsPerUnit: Int { get }

    init(parameters: [String: Double], precision: NoisePrecision)

    /// Writes `scale` times the unit noise of whole units of steps for eight lanes.
    ///
    /// `buffer[(s - steps.lowerBound) * dimension + j]` is the noise of step `s`, coordinate `j`; `steps` begins and
    /// ends at a multiple of `stepsPerUnit`. The scale is the last factor: the bits are those of unit noise multiplied
    /// afterwards, as is done where cells of several scales share it.
    func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, stream: Stream, steps: Range<Int>, dimension: Int,
        scale: Lanes)
}

extension NoiseModel {
    static var name: String { description.name }

    /// The whole units of steps that hold `steps`.
    func wholeUnits(_ steps: Range<Int>) -> Range<Int> {
        let unit = stepsPerUnit
        return steps.lowerBound / unit * unit..<(steps.upperBound + unit - 1) / unit * unit
    }
}
