//! Choices: closed lists of words, written the same in JSON, paths and messages.

/// A text that is none of the words of a choice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` is unknown; accepted: {accepted}")]
pub struct ParseChoiceError {
    input: String,
    accepted: String,
}

impl ParseChoiceError {
    /// An error that names `input` and the `accepted` words.
    pub(crate) fn new<'a>(input: &str, accepted: impl Iterator<Item = &'a str>) -> Self {
        let accepted = accepted.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        Self { input: input.chars().take(80).collect(), accepted }
    }

    /// What would be accepted.
    #[must_use]
    pub fn accepted(&self) -> &str {
        &self.accepted
    }
}

/// Declares an enum of words: JSON, `Display` and `FromStr` share one spelling.
macro_rules! choice {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:tt,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $vis enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every choice.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that JSON uses.
            #[must_use]
            $vis const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::choice::ParseChoiceError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut all = Self::ALL.iter().copied();
                all.find(|choice| choice.as_str() == text).ok_or_else(|| {
                    $crate::choice::ParseChoiceError::new(text, Self::ALL.iter().map(|choice| choice.as_str()))
                })
            }
        }
    };
}

pub(crate) use choice;

#[cfg(test)]
mod tests {
    choice!(
        /// A colour.
        enum Colour {
            /// Red.
            Red = "red",
            /// Deep blue.
            DeepBlue = "deep-blue",
        }
    );

    #[test]
    fn one_spelling() {
        for colour in Colour::ALL {
            assert_eq!(colour.to_string().parse(), Ok(*colour));
            assert_eq!(serde_json::to_value(colour).unwrap(), colour.as_str());
        }
    }

    #[test]
    fn the_error_names_input_and_what_is_accepted() {
        let error = "Red".parse::<Colour>().unwrap_err();
        assert_eq!(error.to_string(), "`Red` is unknown; accepted: `red`, `deep-blue`");
        assert_eq!(error.accepted(), "`red`, `deep-blue`");
    }
}
