/// A number or a condition computed from a cell's values and, where it names recorded statistics, from a trial's.
public protocol CellExpression: Sendable {
    /// As the sweep file writes it.
    var text: String { get }
    /// A condition, which gives 1 or 0.
    var isCondition: Bool { get }
    /// The statistics it names, in the order in which `bound` wants their values.
    var statistics: [String] { get }
    /// Positions of the plan's dimensions along which it varies, apart from statistics; ascending.
    var dimensions: [Int] { get }

    /// The expression in a cell of the plan, as a function of one trial's statistics.
    func bound(to cell: Int) -> CellFunction
}

/// An expression with its cell's values filled in: from values of its statistics to a number; conditions give 1 or 0.
public typealias CellFunction = @Sendable ([Double]) -> Double

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

    /// Models that a claim can name: those with the parameter.
    public static func models(with parameter: Parameter) -> [String] {
        switch parameter {
        case .exponent: ["power", "power+floor"]
        case .floor: ["power+floor", "polynomial", "quadratic+floor"]
        case .prefactor: ["power", "power+floor", "quadratic"]
        }
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

/// What theory says of the measured value.
public enum ClaimExpectation: Sendable {
    case band(ClaimBand)
    case table(ClaimTable)
}

/// The values that agree with a claim: an interval, whose ends may depend on the cell.
public struct ClaimBand: Sendable {
    public var atLeast: (any CellExpression)?
    public var atMost: (any CellExpression)?
    /// The value itself; `margin` and `tolerance` make an interval of it.
    public var center: (any CellExpression)?
    /// How far off an end or the value may be, in the value's units.
    public var margin: (any CellExpression)?
    /// The same in parts of the end or value.
    public var tolerance: Double
    /// The expected values are known up to a factor only.
    public var constant: ClaimConstant?

    public init(
        atLeast: (any CellExpression)? = nil, atMost: (any CellExpression)? = nil, center: (any CellExpression)? = nil,
        margin: (any CellExpression)? = nil, tolerance: Double = 0, constant: ClaimConstant? = nil
    ) {
        self.atLeast = atLeast
        self.atMost = atMost
        self.center = center
        self.margin = margin
        self.tolerance = tolerance
        self.constant = constant
    }
}

/// A factor before a bound, found on some cells and tested on the others.
public struct ClaimConstant: Sendable {
    /// The cells it is found on.
    public var selection: any CellExpression
    /// How much more (of an upper bound) or less (of a lower one) the other cells may have; at least 1.
    public var allowance: Double

    public init(selection: any CellExpression, allowance: Double) {
        self.selection = selection
        self.allowance = allowance
    }
}

/// Which of several outcomes is expected in which row and column.
public struct ClaimTable: Sendable {
    public struct Outcome: Sendable {
        public var name: String
        public var band: ClaimBand

        public init(name: String, band: ClaimBand) {
            self.name = name
            self.band = band
        }
    }

    /// Positions among the plan's dimensions.
    public var rows: Int
    public var columns: Int
    public var outcomes: [Outcome]
    /// By position along `rows`, then `columns`: which outcome; `nil`: the claim says nothing.
    public var expected: [[Int?]]

    public init(rows: Int, columns: Int, outcomes: [Outcome], expected: [[Int?]]) {
        self.rows = rows
        self.columns = columns
        self.outcomes = outcomes
        self.expected = expected
    }
}
