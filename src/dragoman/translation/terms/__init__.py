"""Terms: what the glossary holds, who changes it, and what a change makes anew."""
