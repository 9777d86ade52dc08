import TrialSummaries

extension Program {
    /// The program as a polynomial in some of its inputs; `nil` where it is none whose mean over a block of trials is known.
    ///
    /// - Parameter inputs: for each name a statistic or the value it has in the cell.
    func polynomial(_ inputs: [StatisticPolynomial]) -> StatisticPolynomial? {
        var stack: [StatisticPolynomial] = []
        for instruction in instructions {
            switch instruction.code {
            case .constant: stack.append(StatisticPolynomial(constants[instruction.operand]))
            case .load: stack.append(inputs[instruction.operand])
            case .tuck: stack.insert(stack[stack.count - 1], at: stack.count - 2)
            case .swap: stack.swapAt(stack.count - 1, stack.count - 2)
            case .isMember, .not, .unary:
                guard stack[stack.count - 1].isConstant else { return nil }
                stack.append(StatisticPolynomial(result(of: instruction, [stack.removeLast().constant])))
            case .negate: stack.append(stack.removeLast().scaled(by: -1))
            default:
                let right = stack.removeLast(), left = stack.removeLast()
                guard let combined = combined(instruction, left, right) else { return nil }
                stack.append(combined)
            }
        }
        return stack.last
    }

    private func combined(
        _ instruction: Instruction, _ left: StatisticPolynomial, _ right: StatisticPolynomial
    ) -> StatisticPolynomial? {
        if left.isConstant, right.isConstant {
            return StatisticPolynomial(result(of: instruction, [left.constant, right.constant]))
        }
        return switch instruction.code {
        case .add: left + right
        case .subtract: left + right.scaled(by: -1)
        case .multiply: left * right
        case .divide: right.isConstant ? left.scaled(by: 1 / right.constant) : nil
        case .power: right.isConstant ? left.power(right.constant) : nil
        case .binary where ExpressionFunction.allCases[instruction.operand] == .pow:
            right.isConstant ? left.power(right.constant) : nil
        default: nil
        }
    }

    /// Of numbers.
    private func result(of instruction: Instruction, _ operands: [Double]) -> Double {
        var own = Program()
        own.constants = operands
        own.sets = sets
        own.instructions = operands.indices.map { Instruction(code: .constant, operand: $0) } + [instruction]
        own.depth = operands.count
        return own.value([Double]())
    }
}
