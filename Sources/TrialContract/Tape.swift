/// A straight list of operations on vectors and matrices: an objective, its gradient, or both, ready to be run on eight trials
/// at once.
///
/// Made once for a class of trials by whoever reads definitions, and run by kernels, which know nothing of texts. All
/// shapes, places and lifetimes are settled here; nothing is looked up while it runs.
public struct Tape: Sendable, Hashable {
    public var instructions: [Instruction]
    /// Numbers that are the same in all trials.
    public var constants: [Double]
    /// Values that intermediate results need at once.
    public var bufferSize: Int
    /// Values it writes.
    public var outputSize: Int
    /// How many of the first instructions need no point: their results stay in the buffer until the sample changes.
    public var samplePart: Int

    public init(instructions: [Instruction], constants: [Double], bufferSize: Int, outputSize: Int, samplePart: Int = 0) {
        self.samplePart = samplePart
        self.instructions = instructions
        self.constants = constants
        self.bufferSize = bufferSize
        self.outputSize = outputSize
    }

    /// Where a value lies.
    public enum Space: UInt8, Sendable, Hashable {
        /// Intermediate results.
        case buffer
        case constant
        /// The point at which it is evaluated.
        case point
        /// What the step has drawn.
        case sample
        /// Results.
        case output
    }

    /// A matrix within a space: element (r, c) lies at offset + r * rowStride + c * columnStride. A stride of 0 repeats an
    /// element.
    public struct Operand: Sendable, Hashable {
        public var space: Space
        public var offset: Int
        public var rowStride: Int
        public var columnStride: Int

        public init(_ space: Space, offset: Int, rowStride: Int, columnStride: Int) {
            self.space = space
            self.offset = offset
            self.rowStride = rowStride
            self.columnStride = columnStride
        }
    }

    public struct Instruction: Sendable, Hashable {
        public var operation: Operation
        /// Of the result, unless the operation says otherwise.
        public var rows: Int
        public var columns: Int
        /// A third length where an operation has one.
        public var inner: Int
        public var result: Operand
        /// As many as the operation takes; at most 3.
        public var operands: [Operand]

        public init(
            _ operation: Operation, rows: Int, columns: Int, inner: Int = 0, result: Operand, operands: [Operand]
        ) {
            self.operation = operation
            self.rows = rows
            self.columns = columns
            self.inner = inner
            self.result = result
            self.operands = operands
        }
    }

    /// What an instruction does. Truth is 1, falsehood 0.
    public enum Operation: UInt8, Sendable, Hashable, CaseIterable {
        // Element by element, of one operand.
        case copy, negate, absolute, sign, squareRoot
        /// 1/a, and 0 for a = 0.
        case reciprocalOrZero
        case exponential, exponentialMinusOne, logarithm, logarithmOnePlus
        case sine, cosine, tangent, hyperbolicTangent, sigmoid, softplus, relu
        case floor, ceiling, not

        // Element by element, of two operands. `minimum` and `maximum` give the first where both agree.
        case add, subtract, multiply, divide, power, minimum, maximum
        case less, lessOrEqual, equal, notEqual, and, or

        /// The second operand where the first is not 0, else the third.
        case select

        /// The sum of each of `rows` rows of `columns` elements: one result a row.
        case sum
        /// The Euclidean norm of one row of `columns` elements, also where squares under- or overflow.
        case norm
        /// The largest of one row, and 1 at the first place where it stands, 0 elsewhere.
        case largest, largestPlace

        /// The product of a `rows` x `inner` and an `inner` x `columns` matrix; sums run over the inner index upward.
        case product

        /// Rows of the first operand, an `inner` x `columns` matrix, by the `rows` integers (bit patterns) of the second.
        case gather
        /// Adds the `rows` rows of the first operand to those rows of an `inner` x `columns` matrix of zeros that the
        /// integers of the second name.
        case scatter

        /// Zeros everywhere; without operands.
        case zero
        /// Adds to what is there.
        case accumulate

        /// The number of operands.
        public var operandCount: Int {
            switch self {
            case .zero: 0
            case .add, .subtract, .multiply, .divide, .power, .minimum, .maximum, .less, .lessOrEqual, .equal, .notEqual,
                .and, .or, .product, .gather, .scatter: 2
            case .select: 3
            default: 1
            }
        }

        /// Whether it acts element by element.
        public var isElementwise: Bool { rawValue <= Self.select.rawValue }

        /// What an element costs, an addition being 1, as measured once.
        var cost: Int {
            switch self {
            case .exponential, .exponentialMinusOne, .logarithm, .logarithmOnePlus, .sine, .cosine, .sigmoid: 16
            case .tangent, .hyperbolicTangent: 24
            case .softplus, .power: 40
            case .divide, .reciprocalOrZero, .squareRoot, .norm: 6
            case .gather, .scatter: 8
            default: 1
            }
        }
    }

    /// What a run of it costs, an addition of eight numbers being 1: a fixed function of the tape.
    public var cost: Int {
        instructions.reduce(0) { sum, instruction in
            let elements = instruction.rows * instruction.columns * (instruction.operation == .product ? instruction.inner : 1)
            return sum + 4 + elements * instruction.operation.cost
        }
    }
}
