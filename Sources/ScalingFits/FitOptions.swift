/// How groups are fitted. Checked once, by `validated()`; everything after trusts the values.
public struct FitOptions: Sendable, Equatable {
    /// Leaves the choice of the model to the data.
    public static let automatic = "auto"

    /// `auto` or the name of a model in `ModelCatalogue`.
    public var model: String
    /// Resamples of the trials; 0 gives no intervals, otherwise at least 100.
    public var bootstrapResamples: Int
    /// Probability with which an interval is to cover the truth, in (0, 1).
    public var confidence: Double
    /// Key of the resampling indices' own stream.
    public var seed: UInt64
    public var window: FitWindow
    public var intervalMethod: IntervalMethod
    /// What stands for a cell's trials.
    public var summary: CellSummary

    public init(
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
    public func validated() throws {
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
public enum FitWindow: Sendable, Equatable {
    /// All points where some model describes them, otherwise the longest run of points that one does.
    case automatic
    case all
    /// Those with x inside; both ends belong to it.
    case range(ClosedRange<Double>)
}

/// A request that no group can be fitted with.
public enum ScalingFitsError: Error, Equatable, CustomStringConvertible {
    case unknownModel(String, known: [String])
    case invalidResamples(Int)
    case invalidConfidence(Double)
    case invalidWindow
    case unknownSummary(String)
    case unknownResponse(String, known: [String])
    /// `option` is the command's, without dashes.
    case unknownDimension(String, option: String, known: [String])
    case unknownValue(String, of: String, known: [String])
    case sameValue(String, of: String)
    case axisOfNames(String)
    case groupedByAbscissa(String, against: String)
    case noTrials
    case noRegressors([String])
    case excessOfProduct

    public var description: String {
        switch self {
        case .unknownModel(let name, let known):
            "there is no fit model '\(name)'; choose one of \(known.joined(separator: ", "))"
        case .invalidResamples(let count):
            "\(count) bootstrap resamples cannot carry an interval; give 100 to 1000000, or 0 for no interval"
        case .invalidConfidence(let value):
            "confidence \(value) is not a probability; give a number between 0 and 1, as 0.95"
        case .invalidWindow:
            "the fit window needs two finite ends, as 0.01 and 1"
        case .unknownSummary(let text):
            "there is no summary '\(text)' of a cell's trials; choose mean, median, trimmed-mean, trimmed-mean:SHARE "
                + "(below 0.5), quantile:P (in (0, 1)) or within:RADIUS (positive)"
        case .unknownResponse(let name, let known):
            "this result has no response '\(name)'; it has \(known.joined(separator: ", ")) (other statistics must stand "
                + "in the sweep file under record before it is run)"
        case .unknownDimension(let name, let option, let known):
            "--\(option) '\(name)' is no dimension of this result; it has \(known.joined(separator: ", "))"
        case .unknownValue(let text, let dimension, let known):
            "\(dimension) has no value '\(text)'; it has \(known.joined(separator: ", "))"
        case .sameValue(let text, let dimension):
            "'\(text)' is held against itself; name two values of \(dimension)"
        case .axisOfNames(let name):
            "--against '\(name)' runs over names, and a scaling law needs numbers; put it under --by"
        case .groupedByAbscissa(let name, let against):
            "--by '\(name)' leaves one value of \(against) in each group; leave it out of --by or fit against "
                + "something else"
        case .noRegressors(let dimensions):
            "no numeric dimension has several positive values (\(dimensions.joined(separator: ", "))); sweep one, or name "
                + "regressors"
        case .excessOfProduct:
            "an excess may be negative and has no logarithm; fit the product law to distance_squared, or the excess "
                + "against one axis"
        case .noTrials:
            "this result has no trials; run the sweep with trials of at least 1"
        }
    }
}
