/// How groups are fitted. Checked once, by `validated()`; everything after trusts the values.
package struct FitOptions: Sendable, Equatable {
    /// Leaves the choice of the model to the data.
    package static let automatic = "auto"

    /// `auto` or the name of a model in `ModelCatalogue`.
    package var model: String
    /// Resamples of the trials; 0 gives no intervals, otherwise at least 100.
    package var bootstrapResamples: Int
    /// Probability with which an interval is to cover the truth, in (0, 1).
    package var confidence: Double
    /// Key of the resampling indices' own stream.
    package var seed: UInt64
    package var window: FitWindow
    package var intervalMethod: IntervalMethod
    /// What stands for a cell's trials.
    package var summary: CellSummary

    package init(
        model: String = automatic, bootstrapResamples: Int = 2000, confidence: Double = 0.95, seed: UInt64 = 0,
        window: FitWindow = .automatic, intervalMethod: IntervalMethod = .bca, summary: CellSummary = .mean
    ) {
        self.model = model
        self.bootstrapResamples = bootstrapResamples
        self.confidence = confidence
        self.seed = seed
        self.window = window
        self.intervalMethod = intervalMethod
        self.summary = summary
    }

    var isForced: Bool { model != Self.automatic }

    /// Throws `ScalingFitsError` for the first value that is out of range.
    package func validated() throws {
        if model != Self.automatic, ModelCatalogue.find(model) == nil {
            let names = [Self.automatic] + ModelCatalogue.all.map(\.name)
            throw ScalingFitsError.unknownModel(model, known: names)
        }
        if bootstrapResamples != 0, !(100...1_000_000).contains(bootstrapResamples) {
            throw ScalingFitsError.invalidResamples(bootstrapResamples)
        }
        if !(confidence > 0 && confidence < 1) {
            throw ScalingFitsError.invalidConfidence(confidence)
        }
        if case .range(let window) = window, !(window.lowerBound.isFinite && window.upperBound.isFinite) {
            throw ScalingFitsError.invalidWindow
        }
    }
}

/// Which points of a group take part in its fit.
package enum FitWindow: Sendable, Equatable {
    /// All points where some model describes them, otherwise the longest run of points that one does.
    case automatic
    case all
    /// Those with x inside; both ends belong to it.
    case range(ClosedRange<Double>)
}
