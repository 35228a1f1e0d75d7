"""Problems: statement, evaluator, synthesis and quality control (paper 3.1, A.3)."""
