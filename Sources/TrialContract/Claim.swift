/// What a sweep is to show: what is measured, where, against what, and how surely.
///
/// A claim decides nothing about a trial and is part of no fingerprint: results outlive changes of it.
public struct Claim: Sendable {
    public var name: String
    /// The claim in words.
    public var statement: String
    /// Where it is from.
    public var source: String
    /// Which cells it speaks of; `nil`: all.
    public var selection: (any CellExpression)?
    public var measure: ClaimMeasure
    /// What is subtracted, trial by trial.
    public var baseline: ClaimBaseline?
    /// Dimensions over which only the extreme cell counts.
    public var extreme: ClaimExtreme?
    public var expectation: ClaimExpectation
    /// The probability with which all intervals of the claim together are to hold the truth, in (0, 1).
    public var confidence: Double

    public init(
        name: String, statement: String, source: String = "", selection: (any CellExpression)? = nil,
        measure: ClaimMeasure, baseline: ClaimBaseline? = nil, extreme: ClaimExtreme? = nil,
        expectation: ClaimExpectation, confidence: Double = Self.standardConfidence
    ) {
        self.name = name
        self.statement = statement
        self.source = source
        self.selection = selection
        self.measure = measure
        self.baseline = baseline
        self.extreme = extreme
        self.expectation = expectation
        self.confidence = confidence
    }

    public static let standardConfidence = 0.99
}

/// What is measured.
public enum ClaimMeasure: Sendable {
    /// A value of every trial: each must be as expected.
    case every(any CellExpression)
    /// The mean over a cell's trials.
    case mean(any CellExpression)
    /// A parameter of the law that the means follow.
    case law(ClaimLaw)

    public var expression: any CellExpression {
        switch self {
        case .every(let expression), .mean(let expression): expression
        case .law(let law): law.response
        }
    }
}

/// A law fitted to the means of a response over an abscissa, one for each group of cells that share all else.
public struct ClaimLaw: Sendable {
    public enum Parameter: String, Sendable, CaseIterable {
        case exponent, floor, prefactor
    }

    public var parameter: Parameter
    public var response: any CellExpression
    /// Over the cell's values only; the dimensions it varies along are those of the fit.
    public var abscissa: any CellExpression
    /// By the name that `fit --model` takes.
    public var model: String

    public init(parameter: Parameter, response: any CellExpression, abscissa: any CellExpression, model: String) {
        self.parameter = parameter
        self.response = response
        self.abscissa = abscissa
        self.model = model
    }
}

/// The cell that a cell is compared with: the same but for some positions.
public struct ClaimBaseline: Sendable {
    /// In words, as `optimizer sgd`.
    public var text: String
    /// Positions along some of the plan's dimensions.
    public var positions: [Int: Int]

    public init(text: String, positions: [Int: Int]) {
        self.text = text
        self.positions = positions
    }
}

/// Of the cells along some dimensions, only the largest or smallest value counts.
public struct ClaimExtreme: Sendable {
    public var isLargest: Bool
    /// Positions among the plan's dimensions, ascending.
    public var dimensions: [Int]

    public init(isLargest: Bool, dimensions: [Int]) {
        self.isLargest = isLargest
        self.dimensions = dimensions
    }
}
